package dev.carillon.channel;

/**
 * The owner of a channel or user cannot be reached, or its cluster refuses writes: try again with the same key. Where it
 * is no {@link UnsettledException}, trying again at once brings the same.
 */
public class UnavailableException extends RuntimeException {
    public UnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Nothing went wrong that a stack could explain: a queue is full, or a majority is missing. */
    public UnavailableException(String message) {
        super(message, null, false, false);
    }
}
