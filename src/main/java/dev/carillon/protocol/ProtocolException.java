package dev.carillon.protocol;

/**
 * A frame or command that is refused. The message is for the peer: it names the field, never quotes its value.
 * Without a stack trace, because a hostile client decides how many are made.
 */
public final class ProtocolException extends RuntimeException {
    private final ErrorCode code;
    private final long id;

    /** @param id of the refused command, 0 if it has none */
    public ProtocolException(ErrorCode code, long id, String message) {
        super(message, null, false, false);
        this.code = code;
        this.id = id;
    }

    public ProtocolException(ErrorCode code, long id) {
        this(code, id, code.phrase());
    }

    /** A field that does not hold what it must. */
    public static ProtocolException field(String name, long id, String must) {
        return new ProtocolException(ErrorCode.BAD_REQUEST, id, "bad request: " + name + " " + must);
    }

    public ErrorCode code() {
        return code;
    }

    public long id() {
        return id;
    }
}
