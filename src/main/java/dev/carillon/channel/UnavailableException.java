package dev.carillon.channel;

/** The owner of a channel or user cannot be reached, or its cluster refuses writes: try again with the same key. */
public final class UnavailableException extends RuntimeException {
    public UnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A queue is full. */
    public UnavailableException(String message) {
        super(message, null, false, false);
    }
}
