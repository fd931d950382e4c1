package dev.carillon.cluster.link;

import static dev.carillon.cluster.link.SilenceWatch.LONGEST_PAUSE_MILLIS;
import static dev.carillon.cluster.link.SilenceWatch.SILENCE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SilenceWatchTest {
    private final SilenceWatch watch = new SilenceWatch();

    @Test
    void theAddressIsRenewedAtFirstSoonAndThenWithDoublingPausesWhileTheSilenceLasts() {
        List<Long> due = new ArrayList<>();
        for (long second = 0; second < 240; second++) {
            if (watch.isDue(second * 1000, second * 1000)) {
                due.add(second);
            }
        }

        assertThat(due).containsExactly(3L, 6L, 12L, 24L, 48L, 96L, 156L, 216L);
    }

    @Test
    void whoIsHeardAgainIsWatchedAsAtFirst() {
        assertThat(watch.isDue(SILENCE_MILLIS, 0)).isTrue();
        assertThat(watch.isDue(LONGEST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS)).isTrue();
        assertThat(watch.isDue(10, LONGEST_PAUSE_MILLIS + 10)).isFalse();

        assertThat(watch.isDue(SILENCE_MILLIS, LONGEST_PAUSE_MILLIS + 20)).isTrue();
    }
}
