package dev.carillon.bus;

import dev.carillon.protocol.ErrorCode;
import io.vertx.core.eventbus.ReplyException;

/** What a node refused or could not do. The code's range tells whether the same call may succeed later. */
public final class CarillonException extends RuntimeException {
    private final int code;

    /** @param code an {@link ErrorCode}'s */
    public CarillonException(int code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    public CarillonException(ErrorCode code) {
        this(code.code(), code.phrase());
    }

    /** An {@link ErrorCode}'s: 100 to 199 is temporary, 200 to 299 is final. */
    public int code() {
        return code;
    }

    /** Whether the same call, with the same key, may succeed later. */
    public boolean temporary() {
        return code < 200;
    }

    static CarillonException of(BusFailure failure) {
        return new CarillonException(failure.code(), failure.message());
    }

    static CarillonException of(Throwable cause) {
        if (cause instanceof CarillonException known) {
            return known;
        }
        if (!(cause instanceof ReplyException reply)) {
            return new CarillonException(ErrorCode.INTERNAL.code(), String.valueOf(cause.getMessage()));
        }
        return switch (reply.failureType()) {
            case NO_HANDLERS -> new CarillonException(ErrorCode.UNAVAILABLE.code(), "no node is in the cluster");
            case TIMEOUT -> new CarillonException(ErrorCode.TIMEOUT);
            case RECIPIENT_FAILURE -> new CarillonException(reply.failureCode(), String.valueOf(reply.getMessage()));
            default -> new CarillonException(ErrorCode.INTERNAL);
        };
    }

    static boolean isTemporary(Throwable cause) {
        return cause instanceof CarillonException known && known.temporary();
    }
}
