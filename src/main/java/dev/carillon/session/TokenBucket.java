package dev.carillon.session;

/**
 * Allows a rate with a burst. What was spent without asking is owed, and nothing is allowed until it has been made up
 * for. Not thread-safe.
 */
final class TokenBucket {
    private final long perSecond;
    private final long burst;
    private double tokens;
    private long filledMillis;

    /** With a burst of two seconds' worth. */
    TokenBucket(long perSecond, long nowMillis) {
        this(perSecond, 2 * perSecond, nowMillis);
    }

    /** @param burst spent at once at most, and owed at most */
    TokenBucket(long perSecond, long burst, long nowMillis) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.tokens = burst;
        this.filledMillis = nowMillis;
    }

    /** Takes one; false if there is none. */
    boolean take(long nowMillis) {
        fill(nowMillis);
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }

    /** Spends so many, whether there are as many or not. */
    void spend(long cost, long nowMillis) {
        fill(nowMillis);
        tokens = Math.max(-burst, tokens - cost);
    }

    /** Whether more was spent than there was. */
    boolean owes(long nowMillis) {
        fill(nowMillis);
        return tokens < 0;
    }

    /** Whether as much is owed as can be. */
    boolean owesMost() {
        return tokens <= 1 - burst;
    }

    boolean isFull(long nowMillis) {
        fill(nowMillis);
        return tokens >= burst;
    }

    /** Milliseconds until there will be one. */
    long waitMillis() {
        return tokens >= 1 ? 0 : (long) Math.ceil((1 - tokens) * 1000 / perSecond);
    }

    private void fill(long nowMillis) {
        // Loops share some of them, and one may have read the clock before another.
        if (nowMillis > filledMillis) {
            tokens = Math.min(burst, tokens + (nowMillis - filledMillis) * (double) perSecond / 1000);
            filledMillis = nowMillis;
        }
    }
}
