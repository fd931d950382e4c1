package dev.carillon.session;

/**
 * When the next one may come where fewer than one at a time may be under way, as in Swift (Kumar et al., SIGCOMM 2020):
 * after a delay that gets a little shorter with each that is quick, and twice as long with each that is not. Confined to
 * the event loop.
 */
final class Pacing {
    /** A thousand of an event loop are in within some eight seconds then. */
    static final double LONGEST_MILLIS = 8;

    /** Without a delay from then on. */
    static final double SHORTEST_MILLIS = 1;

    /** What each that was quick leaves of the delay: two hundred come while the longest becomes the shortest. */
    static final double SHORTER = 0.99;

    private double delay = LONGEST_MILLIS;
    private double nextAt;

    void begin() {
        delay = LONGEST_MILLIS;
    }

    /** Whether no delay is needed any more. */
    boolean faster() {
        delay *= SHORTER;
        return delay <= SHORTEST_MILLIS;
    }

    void slower() {
        delay = Math.min(LONGEST_MILLIS, 2 * delay);
    }

    /** One came. Timers are late by up to a millisecond, which the next one is spared. */
    void letIn(long nowMillis) {
        nextAt = Math.max(Math.min(nextAt, nowMillis), nowMillis - 1) + delay;
    }

    /** Until the next one; 0 or less if it is due. */
    long waitMillis(long nowMillis) {
        return (long) Math.ceil(nextAt - nowMillis);
    }

    double delayMillis() {
        return delay;
    }
}
