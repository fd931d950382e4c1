package dev.carillon.channel;

/**
 * A step on an owner may or may not have happened, or cannot be believed yet: a node is just being lost, or an owner is
 * moving. The very same step, repeated after a moment, settles it.
 */
public final class UnsettledException extends UnavailableException {
    public UnsettledException(String message, Throwable cause) {
        super(message, cause);
    }

    public UnsettledException(String message) {
        super(message);
    }
}
