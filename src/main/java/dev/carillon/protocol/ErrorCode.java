package dev.carillon.protocol;

/** Why a command failed. The number range alone tells a client whether to try again. */
public enum ErrorCode {
    INTERNAL(100, "internal error"),
    UNAVAILABLE(101, "unavailable"),
    TIMEOUT(102, "timeout"),
    RATE_LIMITED(103, "rate limited"),
    BAD_REQUEST(200, "bad request"),
    UNKNOWN_TYPE(201, "unknown type"),
    UNKNOWN_NAMESPACE(202, "unknown namespace"),
    PERMISSION_DENIED(203, "permission denied"),
    LIMIT_EXCEEDED(204, "limit exceeded"),
    ALREADY_SUBSCRIBED(205, "already subscribed"),
    NOT_SUBSCRIBED(206, "not subscribed"),
    SCHEMA_REFUSED(207, "data refused by the schema"),
    NO_HANDLER(208, "no handler at that address"),
    TOO_LARGE(209, "too large");

    /** The first and last code that a verticle's failure may carry to a client. */
    public static final int APPLICATION_MIN = 300;

    public static final int APPLICATION_MAX = 1999;

    private final int code;
    private final String phrase;

    ErrorCode(int code, String phrase) {
        this.code = code;
        this.phrase = phrase;
    }

    public int code() {
        return code;
    }

    /** Fixed words for the peer. */
    public String phrase() {
        return phrase;
    }

    /** Whether the same command may succeed later; a publish is retried with the same key. */
    public boolean temporary() {
        return code < 200;
    }
}
