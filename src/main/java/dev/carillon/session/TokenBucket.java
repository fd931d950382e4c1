package dev.carillon.session;

/** Allows a rate with a burst of twice as much. Not thread-safe. */
final class TokenBucket {
    private final int perSecond;
    private double tokens;
    private long filledMillis;

    TokenBucket(int perSecond, long nowMillis) {
        this.perSecond = perSecond;
        this.tokens = 2.0 * perSecond;
        this.filledMillis = nowMillis;
    }

    /** Takes one; false if there is none. */
    boolean take(long nowMillis) {
        tokens = Math.min(2.0 * perSecond, tokens + (nowMillis - filledMillis) * perSecond / 1000.0);
        filledMillis = nowMillis;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }

    /** Milliseconds until there will be one. */
    long waitMillis() {
        return tokens >= 1 ? 0 : (long) Math.ceil((1 - tokens) * 1000 / perSecond);
    }
}
