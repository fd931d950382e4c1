package dev.carillon.session;

import static dev.carillon.session.Deadlines.Due.DEAD;
import static dev.carillon.session.Deadlines.Due.EXPIRED;
import static dev.carillon.session.Deadlines.Due.NOTHING;
import static dev.carillon.session.Deadlines.Due.PING;
import static dev.carillon.session.Deadlines.Due.UNAUTHENTICATED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.config.HeartbeatSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private static final long TODAY = 1_700_000_000_000L;

    private final Deadlines deadlines = new Deadlines(
            new HeartbeatSettings(Duration.ofMillis(1_000), Duration.ofMillis(300)), Duration.ofMillis(500), 0);

    @Test
    void whoSaysNothingHasTheTimeToSayWhoItIs() {
        assertThat(deadlines.next(0)).isEqualTo(500);
        assertThat(check(499, 0)).isEqualTo(NOTHING);
        assertThat(check(500, 0)).isEqualTo(UNAUTHENTICATED);
        assertThat(check(500, 400)).as("the node stood still until 400").isEqualTo(NOTHING);
        assertThat(deadlines.next(400)).isEqualTo(900);
    }

    @Test
    void pingsComeAtTheirIntervalAndTheFirstOneWhenItIsTold() {
        open();
        assertThat(deadlines.next(0)).isEqualTo(40);
        assertThat(check(40, 0)).isEqualTo(PING);
        assertThat(deadlines.next(0)).isEqualTo(1_040);
        deadlines.alive(1_000);
        assertThat(check(1_039, 0)).isEqualTo(NOTHING);
        assertThat(check(1_045, 0)).isEqualTo(PING);
        deadlines.alive(1_050);
        deadlines.believeUntil(9_000, TODAY + 9_000);
        assertThat(deadlines.next(0)).isEqualTo(2_045);
    }

    @Test
    void silenceIsCountedFromTheLastWordOrFromTheEndOfTheNodesOwnStandstill() {
        open();
        deadlines.alive(200);
        assertThat(check(1_300, 0)).isEqualTo(PING);
        assertThat(check(1_499, 0)).isEqualTo(NOTHING);
        assertThat(check(1_500, 0)).isEqualTo(DEAD);
        assertThat(check(1_500, 1_450)).isEqualTo(NOTHING);
        assertThat(deadlines.next(1_450)).isEqualTo(1_750);
        assertThat(check(1_750, 1_450)).isEqualTo(DEAD);
        assertThat(check(1_499, 300))
                .as("a standstill before the last word changes nothing")
                .isEqualTo(NOTHING);
        assertThat(check(1_500, 300)).isEqualTo(DEAD);
    }

    @Test
    void aTokenEndsOnEitherClockAndAStandstillPutsItOffForNobody() {
        open();
        deadlines.alive(1_900);
        assertThat(check(1_950, 0)).isEqualTo(PING);
        assertThat(deadlines.check(1_999, TODAY + 1_999, 1_999)).isEqualTo(NOTHING);
        assertThat(deadlines.check(2_000, TODAY, 2_000)).isEqualTo(EXPIRED);
        assertThat(deadlines.check(1_960, TODAY + 2_000, 1_960))
                .as("the machine slept, and its other clock with it")
                .isEqualTo(EXPIRED);
    }

    private void open() {
        deadlines.open(0, 40);
        deadlines.believeUntil(2_000, TODAY + 2_000);
    }

    private Deadlines.Due check(long now, long resumedAt) {
        return deadlines.check(now, TODAY, resumedAt);
    }
}
