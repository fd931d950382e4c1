package dev.carillon.protocol;

/** Why a node closes a connection. The number range alone tells a client whether to come back. */
public enum CloseCode {
    NORMAL(1000, "closed"),
    GOING_AWAY(1001, "going away"),
    PROTOCOL_ERROR(1002, "protocol error"),
    UNSUPPORTED_DATA(1003, "unsupported data"),
    INVALID_DATA(1007, "invalid data"),
    POLICY_VIOLATION(1008, "policy violation"),
    TOO_BIG(1009, "message too big"),
    INTERNAL_ERROR(1011, "internal error"),
    TRY_AGAIN_LATER(1013, "try again later"),
    AUTHENTICATION_FAILED(4001, "authentication failed"),
    AUTHENTICATION_TIMEOUT(4002, "authentication timeout"),
    TOKEN_EXPIRED(4003, "token expired"),
    TOO_SLOW(4004, "too slow"),
    NO_PONG(4005, "no pong"),
    POSITION_LOST(4006, "position lost"),
    TOO_MANY_MESSAGES(4007, "too many messages"),
    DRAINING(4010, "draining"),
    UNAUTHORIZED(4401, "unauthorized"),
    FORBIDDEN(4403, "forbidden"),
    REPLACED(4409, "replaced"),
    TOO_MANY_CONNECTIONS(4429, "too many connections");

    private final int code;
    private final String reason;

    CloseCode(int code, String reason) {
        this.code = code;
        this.reason = reason;
    }

    public int code() {
        return code;
    }

    /** A fixed phrase of at most 120 bytes. */
    public String reason() {
        return reason;
    }
}
