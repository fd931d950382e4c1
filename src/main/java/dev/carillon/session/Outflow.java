package dev.carillon.session;

/** So many clients a second may be sent away. What nobody was there to use is not saved up. Not thread-safe. */
final class Outflow {
    /** After a pause of the process no more are sent away at once than this time would have brought. */
    private static final long MAX_STEP_MILLIS = 1000;

    private final int perSecond;
    private long steppedMillis;
    private double allowance;

    /** @param fromMillis when time begins to count, on the clock of all calls */
    Outflow(int perSecond, long fromMillis) {
        this.perSecond = perSecond;
        steppedMillis = fromMillis;
    }

    void pass(long nowMillis) {
        long passed = Math.min(MAX_STEP_MILLIS, nowMillis - steppedMillis);
        steppedMillis = nowMillis;
        allowance += passed * perSecond / 1000.0;
    }

    /** Lets one more go at once. */
    void atLeastOne() {
        allowance = Math.max(1, allowance);
    }

    /** Whether one more may go now; then it counts. */
    boolean take() {
        if (allowance < 1) {
            return false;
        }
        allowance--;
        return true;
    }

    void forget() {
        allowance = 0;
    }
}
