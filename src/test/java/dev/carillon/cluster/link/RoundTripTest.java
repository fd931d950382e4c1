package dev.carillon.cluster.link;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoundTripTest {
    /** Clocks of two nodes, which began at different times. */
    private static final long HERE = 1_000;

    private static final long THERE = 77_000_000;

    private final RoundTrip here = new RoundTrip();
    private final RoundTrip there = new RoundTrip();

    @Test
    void theWayThereAndBackIsMeasuredWhateverTheClocksSay() {
        RoundTrip.Stamp out = here.stamp(HERE);
        assertThat(there.heard(out, THERE + 300)).isEqualTo(-1);
        RoundTrip.Stamp back = there.stamp(THERE + 500_300);

        assertThat(here.heard(back, HERE + 500_300 + 400)).isEqualTo(700);
    }
}
