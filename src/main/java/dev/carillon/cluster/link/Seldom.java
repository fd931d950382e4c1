package dev.carillon.cluster.link;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Lets something through at most once in a while, such as a line in the log. Safe on any thread. */
final class Seldom {
    private final long pauseMillis;
    private final LongSupplier clock;
    private final AtomicLong nextMillis = new AtomicLong(Long.MIN_VALUE);

    /** @param clock milliseconds on a clock that only goes forward */
    Seldom(long pauseMillis, LongSupplier clock) {
        this.pauseMillis = pauseMillis;
        this.clock = clock;
    }

    /** Whether it may happen now; then not again before the pause is over. */
    boolean mayNow() {
        long now = clock.getAsLong();
        long next = nextMillis.get();
        return now >= next && nextMillis.compareAndSet(next, now + pauseMillis);
    }
}
