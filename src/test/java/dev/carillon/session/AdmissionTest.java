package dev.carillon.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.config.AdmissionSettings;
import dev.carillon.config.TenantSettings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final TenantSettings TENANTS = new TenantSettings(2, 100, Map.of("shut", 0, "wide", 3), Map.of());

    private long now = 1_000;
    private final Admission admission =
            new Admission(new AdmissionSettings(Duration.ofSeconds(1), 2, 3, 20, 5), TENANTS, () -> now);

    @Test
    void anAddressHasItsRateAndTheNodeHasOneForAll() {
        assertThat(letIn("a", 55)).isEqualTo(50);
        assertThat(admission.login("a", false)).isEqualTo(200);
        assertThat(letIn("b", 50)).isEqualTo(50);
        // 100 of the node's 200 are left, whoever comes.
        assertThat(letIn("", 300)).isEqualTo(100);
        now += 1_000;
        assertThat(letIn("c", 50)).isEqualTo(20);
    }

    @Test
    void fiveThousandThatResumeFromOneAddressAreLetInAtOnce() {
        Admission wide = new Admission(AdmissionSettings.DEFAULTS, TENANTS, () -> now);
        for (int i = 0; i < 15_000; i++) {
            assertThat(wide.hasRoom("10.0.0.1")).isTrue();
            assertThat(wide.came("10.0.0.1")).isEqualTo("10.0.0.1");
            assertThat(wide.login("10.0.0.1", true)).isZero();
        }
    }

    @Test
    void sessionsOfAnAddressAreCountedInAndOut() {
        for (int i = 0; i < 3; i++) {
            assertThat(admission.hasRoom("a")).isTrue();
            assertThat(admission.came("a")).isEqualTo("a");
        }
        assertThat(admission.hasRoom("a")).isFalse();
        admission.left("a");
        assertThat(admission.hasRoom("a")).isTrue();
        admission.left("a");
        admission.left("a");
        admission.sweep();
        assertThat(admission.addresses()).isZero();
    }

    @Test
    void connectionsThatSayNothingAreCounted() {
        admission.idleBegan();
        assertThat(admission.takesIdle()).isTrue();
        admission.idleBegan();
        assertThat(admission.takesIdle()).isFalse();
        admission.idleEnded();
        assertThat(admission.takesIdle()).isTrue();
    }

    @Test
    void whoIsNotKnownByAddressIsNotRemembered() {
        assertThat(admission.came("")).isEmpty();
        assertThat(admission.hasRoom("")).isTrue();
        admission.left("");
        assertThat(admission.addresses()).isZero();
    }

    @Test
    void aTenantHasItsOwnNumberOfSessions() {
        assertThat(admission.cameOf("acme")).isTrue();
        assertThat(admission.cameOf("acme")).isTrue();
        assertThat(admission.cameOf("acme")).isFalse();
        assertThat(admission.cameOf("globex")).isTrue();
        assertThat(admission.cameOf("")).isTrue();
        assertThat(admission.cameOf("shut")).isFalse();
        admission.leftOf("acme");
        assertThat(admission.cameOf("acme")).isTrue();
    }

    private int letIn(String address, int many) {
        int let = 0;
        for (int i = 0; i < many; i++) {
            let += admission.login(address, false) == 0 ? 1 : 0;
        }
        return let;
    }
}
