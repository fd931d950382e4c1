package dev.carillon.cluster.link;

/**
 * When a node registers its address anew because it does not hear of a member: after some beats did not come, then
 * again with pauses that double, for as long as the silence lasts. Not thread-safe.
 */
final class SilenceWatch {
    static final long SILENCE_MILLIS = 3_000;
    static final long LONGEST_PAUSE_MILLIS = 60_000;

    private long pauseMillis = SILENCE_MILLIS;
    private long nextMillis = Long.MIN_VALUE;

    /** @param silentMillis of the member that has been silent for longest */
    boolean isDue(long silentMillis, long nowMillis) {
        if (silentMillis < SILENCE_MILLIS) {
            pauseMillis = SILENCE_MILLIS;
            nextMillis = Long.MIN_VALUE;
            return false;
        }
        if (nowMillis < nextMillis) {
            return false;
        }
        nextMillis = nowMillis + pauseMillis;
        pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 2);
        return true;
    }
}
