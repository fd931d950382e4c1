package dev.carillon.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PatienceTest {
    @Test
    void pausesDoubleUpToTheLongestUntilTheTimeIsOver() {
        Patience patience = new Patience(40, 500, 2_000);
        List<Long> pauses = new ArrayList<>();
        long since = 0;
        for (int failures = 1; patience.pause(failures, since).isPresent(); failures++) {
            long pause = patience.pause(failures, since).getAsLong();
            pauses.add(pause);
            since += pause;
        }

        assertThat(pauses).containsExactly(40L, 80L, 160L, 320L, 500L, 500L, 500L);
    }

    @Test
    void manyFailuresDoNotOverflow() {
        assertThat(Patience.OF_REPAIRS.pause(10_000, 0)).hasValue(Patience.OF_REPAIRS.longestPauseMillis());
    }
}
