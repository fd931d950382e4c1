package dev.carillon.auth;

/** A token that is not believed. The message is a fixed phrase for the peer; it never quotes the token. */
public final class AuthException extends RuntimeException {
    /** Whether a fresh token may help, or nothing will. */
    public enum Kind {
        INVALID,
        EXPIRED,
        REVOKED,
        /** Too many tokens wait for verification. */
        BUSY
    }

    private final Kind kind;

    public AuthException(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
