package dev.carillon.bus;

import dev.carillon.channel.OverloadedException;
import dev.carillon.channel.UnavailableException;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A failure of the gateway as a verticle is told it: a code and words that quote nothing. */
record BusFailure(int code, String message) {
    private static final Logger LOG = LoggerFactory.getLogger(BusFailure.class);

    static BusFailure of(Throwable cause) {
        if (cause instanceof ProtocolException refused) {
            return new BusFailure(refused.code().code(), String.valueOf(refused.getMessage()));
        }
        if (cause instanceof OverloadedException) {
            return of(ErrorCode.RATE_LIMITED);
        }
        if (cause instanceof UnavailableException) {
            return of(ErrorCode.UNAVAILABLE);
        }
        LOG.error("a call from the event bus failed", cause);
        return of(ErrorCode.INTERNAL);
    }

    static BusFailure of(ErrorCode code) {
        return new BusFailure(code.code(), code.phrase());
    }

    /** Whether the same call, with the same key, may succeed later. */
    static boolean isTemporary(Throwable cause) {
        return cause instanceof UnavailableException
                || cause instanceof OverloadedException
                || (cause instanceof ProtocolException refused && refused.code().temporary());
    }
}
