package dev.carillon.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.auth.Identity;
import dev.carillon.config.LimitSettings;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.config.TenantSettings;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a client may say with the limits that hold unless others are set. */
class IntakeTest {
    private static final LimitSettings LIMITS = LimitSettings.DEFAULTS;

    private long now = 5_000;
    private final Shares shares = new Shares(() -> now);

    @Test
    void everyRateHasABound() {
        assertThat(LongStream.of(
                        LIMITS.messagesPerSecond(),
                        LIMITS.byteRate(),
                        LIMITS.userMessageRate(),
                        LIMITS.userByteRate(),
                        LIMITS.channelRate(NamespaceSettings.DEFAULTS),
                        TenantSettings.DEFAULTS.messageRate("acme")))
                .allMatch(rate -> rate > 0 && rate < 100_000_000);
    }

    @Test
    void whoSendsTooManyFramesIsToldToWaitAndWhoGoesOnIsTold() {
        Intake intake = intake(TenantSettings.DEFAULTS);
        Identity ada = user("", "ada");
        for (int i = 0; i < 200; i++) {
            assertThat(intake.take(ada, now)).isZero();
        }
        for (int i = 0; i < 200; i++) {
            assertThat(intake.take(ada, now)).isBetween(1L, 10L);
        }
        assertThat(intake.take(ada, now)).isEqualTo(Intake.GOES_ON);
    }

    @Test
    void whoWaitsAsLongAsItIsToldIsTakenAgain() {
        Intake intake = intake(TenantSettings.DEFAULTS);
        Identity ada = user("", "ada");
        long wait = 0;
        while (wait == 0) {
            wait = intake.take(ada, now);
        }

        now += wait;

        assertThat(intake.take(ada, now)).isZero();
    }

    @Test
    void bytesHaveARateOfTheirOwn() {
        Intake intake = intake(TenantSettings.DEFAULTS);
        Identity ada = user("", "ada");
        int taken = 0;
        while (sends(intake, ada, 60_000) == 0) {
            taken++;
        }
        // 3.2 MB at once, and 1.6 MB each second.
        assertThat(taken).isBetween(52, 54);
        now += 1_000;
        assertThat(sends(intake, ada, 60_000)).isZero();
    }

    @Test
    void allConnectionsOfAUserHaveOneRateOfBytesTogether() {
        Identity ada = user("", "ada");
        int waited = 0;
        // Each within its own 3.2 MB, all beyond the user's 9.6 MB.
        for (int connection = 0; connection < 4; connection++) {
            Intake intake = intake(TenantSettings.DEFAULTS);
            for (int i = 0; i < 50; i++) {
                waited += sends(intake, ada, 60_000) == 0 ? 0 : 1;
            }
        }
        assertThat(waited).isBetween(30, 50);
        assertThat(sends(intake(TenantSettings.DEFAULTS), user("", "bob"), 60_000))
                .isZero();
    }

    @Test
    void allUsersOfATenantHaveOneRateOfFramesTogether() {
        TenantSettings tenants = new TenantSettings(10, 50, Map.of(), Map.of("wide", 1_000));
        int waited = 0;
        for (String name : List.of("ada", "bob", "cid")) {
            Intake intake = intake(tenants);
            for (int i = 0; i < 50; i++) {
                waited += intake.take(user("acme", name), now) == 0 ? 0 : 1;
            }
        }
        // 100 at once.
        assertThat(waited).isBetween(48, 50);
        for (int i = 0; i < 150; i++) {
            assertThat(intake(tenants).take(user("wide", "user" + i), now)).isZero();
        }
    }

    private Intake intake(TenantSettings tenants) {
        return new Intake(LIMITS, tenants, shares, now);
    }

    private long sends(Intake intake, Identity who, int bytes) {
        assertThat(intake.read(bytes, now)).isTrue();
        return intake.take(who, now);
    }

    private static Identity user(String tenant, String id) {
        return new Identity(tenant, id, "", Instant.EPOCH, Instant.MAX, List.of(), List.of(), Set.of(), "{}");
    }
}
