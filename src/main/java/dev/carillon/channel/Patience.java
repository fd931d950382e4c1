package dev.carillon.channel;

import java.util.OptionalLong;

/**
 * How long something that fails is tried again: with pauses that double up to a longest one, until a time has passed.
 *
 * @param firstPauseMillis after the first failure
 * @param longestPauseMillis a pause does not grow beyond it
 * @param limitMillis nothing begins again once so much time has passed since the beginning
 */
record Patience(long firstPauseMillis, long longestPauseMillis, long limitMillis) {
    /** Longer than a frozen owner is waited for, a dead one is replaced, or a cut cluster needs to be whole again. */
    static final Patience OF_REPAIRS = new Patience(40, 5_000, 60_000);

    /**
     * The pause before the next attempt; nothing if it is not worth one.
     *
     * @param failures how many attempts failed, at least one
     * @param sinceMillis time since the beginning
     */
    OptionalLong pause(int failures, long sinceMillis) {
        if (sinceMillis >= limitMillis) {
            return OptionalLong.empty();
        }
        double pause = firstPauseMillis * Math.pow(2, failures - 1);
        return OptionalLong.of((long) Math.min(longestPauseMillis, pause));
    }
}
