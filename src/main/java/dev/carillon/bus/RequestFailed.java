package dev.carillon.bus;

import dev.carillon.protocol.ErrorCode;

/** A verticle's answer that is a failure, or a refusal; code and message reach the client as they are. */
public final class RequestFailed extends RuntimeException {
    private final int code;

    /**
     * @param code 300 to 1999, the application's own
     * @param message for the client; cut after 200 characters
     */
    public RequestFailed(int code, String message) {
        super(message, null, false, false);
        if (code < ErrorCode.APPLICATION_MIN || code > ErrorCode.APPLICATION_MAX) {
            throw new IllegalArgumentException("an application's failure code is 300 to 1999, was " + code);
        }
        this.code = code;
    }

    public int code() {
        return code;
    }
}
