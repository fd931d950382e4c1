package dev.carillon.channel;

import java.time.Duration;

/** More is published than goes through: the same publication, with the same key, may be tried after a pause. */
public final class OverloadedException extends RuntimeException {
    private final Duration retryAfter;

    /** @param retryAfter when there should be room again */
    public OverloadedException(String message, Duration retryAfter) {
        super(message, null, false, false);
        this.retryAfter = retryAfter;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
