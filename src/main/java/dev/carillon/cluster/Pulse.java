package dev.carillon.cluster;

import java.util.function.LongSupplier;

/**
 * Notices that the process stood still: it is beaten at short intervals and sees how long the last one really was. Two
 * clocks are looked at, because the one that only goes forward does not count the time of a sleeping machine, and the
 * time of day may be set. Beaten by one thread; {@link #isLate} is safe on any.
 */
final class Pulse {
    private final LongSupplier ticker;
    private final LongSupplier timeOfDay;
    private final long limitMillis;
    private volatile long lastTick;
    private volatile long lastTime;

    /**
     * @param ticker milliseconds on a clock that only goes forward
     * @param timeOfDay milliseconds since 1970
     * @param limitMillis a longer pause between two beats is a standstill
     */
    Pulse(LongSupplier ticker, LongSupplier timeOfDay, long limitMillis) {
        this.ticker = ticker;
        this.timeOfDay = timeOfDay;
        this.limitMillis = limitMillis;
        lastTick = ticker.getAsLong();
        lastTime = timeOfDay.getAsLong();
    }

    /** Beats; returns how many milliseconds the process stood still before, 0 if it did not. */
    long beat() {
        long paused = pausedMillis();
        lastTick = ticker.getAsLong();
        lastTime = timeOfDay.getAsLong();
        return paused > limitMillis ? paused : 0;
    }

    /** Whether a beat is missing so long that the process must have stood still, though nobody was told yet. */
    boolean isLate() {
        return pausedMillis() > limitMillis;
    }

    private long pausedMillis() {
        return Math.max(ticker.getAsLong() - lastTick, timeOfDay.getAsLong() - lastTime);
    }
}
