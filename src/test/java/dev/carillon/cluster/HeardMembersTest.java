package dev.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeardMembersTest {
    private static final long LOOK_MILLIS = 500;

    private final Map<String, Long> heartbeats = new HashMap<>();
    private Set<String> members = Set.of("self", "b", "c");
    private long now = 1_000_000;
    private final HeardMembers<String> heard =
            new HeardMembers<>(() -> members, "self", member -> heartbeats.getOrDefault(member, 0L), () -> now);

    @BeforeEach
    void begin() {
        heard.look();
    }

    @Test
    void whoBeatsIsHeardAndTheSetStaysTheSame() {
        Set<String> first = heard.get();

        pass(20_000, "b", "c");

        assertThat(heard.get()).isSameAs(first).containsExactlyInAnyOrder("self", "b", "c");
    }

    @Test
    void whoIsSilentIsNotHeardThoughItIsStillAMember() {
        pass(HeardMembers.SILENT_MILLIS - LOOK_MILLIS, "b");
        assertThat(heard.get()).contains("c");

        pass(LOOK_MILLIS, "b");
        assertThat(heard.get()).containsExactlyInAnyOrder("self", "b");

        pass(LOOK_MILLIS, "b", "c");
        assertThat(heard.get()).containsExactlyInAnyOrder("self", "b", "c");
    }

    @Test
    void anotherListIsSeenAtOnce() {
        pass(10_000, "b");
        members = Set.of("self", "b", "c", "d");

        assertThat(heard.get()).containsExactlyInAnyOrder("self", "b", "d");
    }

    @Test
    void whoSleptConcludesNothingFromTheSilence() {
        now += 30_000;
        heard.look();

        assertThat(heard.get()).containsExactlyInAnyOrder("self", "b", "c");
    }

    @Test
    void aClockThatIsSetMakesNobodySilent() {
        pass(2_000, "b", "c");
        heartbeats.replaceAll((member, time) -> time - 3_600_000);
        heard.look();

        pass(HeardMembers.SILENT_MILLIS - LOOK_MILLIS);
        assertThat(heard.get()).hasSize(3);
    }

    private void pass(long millis, String... beating) {
        for (long end = now + millis; now < end; ) {
            now += LOOK_MILLIS;
            for (String member : beating) {
                heartbeats.merge(member, 1L, Long::sum);
            }
            heard.look();
        }
    }
}
