package dev.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PulseTest {
    private static final long LIMIT = 5_000;

    private long tick = 100;
    private long time = 1_700_000_000_000L;
    private final Pulse pulse = new Pulse(() -> tick, () -> time, LIMIT);

    @Test
    void aBeatThatIsALittleLateIsNone() {
        for (int i = 0; i < 100; i++) {
            pass(i % 10 == 0 ? LIMIT : 500);
            assertThat(pulse.isLate()).isFalse();
            assertThat(pulse.beat()).isZero();
        }
    }

    @Test
    void aStoppedProcessSeesHowLongItStood() {
        pass(30_000);

        assertThat(pulse.isLate()).as("before anybody beats").isTrue();
        assertThat(pulse.beat()).isEqualTo(30_000);
        assertThat(pulse.isLate()).isFalse();
        pass(500);
        assertThat(pulse.beat()).isZero();
    }

    @Test
    void aSleepingMachineIsSeenByTheTimeOfDayAlone() {
        tick += 500;
        time += 3_600_000;

        assertThat(pulse.beat()).isEqualTo(3_600_000);
    }

    @Test
    void aTimeOfDayThatIsSetBackIsNoStandstill() {
        tick += 500;
        time -= 3_600_000;
        assertThat(pulse.beat()).isZero();
        pass(500);
        assertThat(pulse.beat()).isZero();
    }

    private void pass(long millis) {
        tick += millis;
        time += millis;
    }
}
