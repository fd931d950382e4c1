package dev.carillon.bus;

import dev.carillon.auth.Identity;
import dev.carillon.channel.Payload;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.session.Requests;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.DecodeException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clients' requests over the event bus. The verticle gets the data as a JsonObject, JsonArray, String, Number, Boolean
 * or null (bytes as a Buffer), with the headers {@link Requests#USER_HEADER} and {@link Requests#SESSION_HEADER},
 * {@link Requests#TENANT_HEADER} if the user has one, and {@link Requests#TRACE_HEADER} if the client gave one; its reply is encoded likewise.
 */
public final class BusRequests implements Requests {
    static final int MAX_MESSAGE_CHARS = 200;

    private static final Logger LOG = LoggerFactory.getLogger(BusRequests.class);

    private final Vertx vertx;

    public BusRequests(Vertx vertx) {
        this.vertx = vertx;
    }

    @Override
    public Future<Payload> request(
            Identity who,
            String sessionId,
            String address,
            Payload data,
            Duration timeout,
            @Nullable String traceparent) {
        DeliveryOptions options = new DeliveryOptions()
                .setSendTimeout(Math.max(1, timeout.toMillis()))
                .addHeader(Requests.USER_HEADER, who.userId())
                .addHeader(Requests.SESSION_HEADER, sessionId);
        if (!who.tenant().isEmpty()) {
            options = options.addHeader(Requests.TENANT_HEADER, who.tenant());
        }
        if (traceparent != null) {
            options = options.addHeader(Requests.TRACE_HEADER, traceparent);
        }
        Future<Message<@Nullable Object>> replied;
        try {
            replied = vertx.eventBus().request(address, JsonData.body(data), options);
        } catch (DecodeException e) {
            // Nested too deeply.
            return Future.failedFuture(
                    new RequestFailure(ErrorCode.BAD_REQUEST.code(), "bad request: data cannot be sent to a verticle"));
        }
        return replied.map(reply -> JsonData.payload(reply.body()))
                .recover(cause -> Future.failedFuture(failure(address, traceparent, cause)));
    }

    private static RequestFailure failure(String address, @Nullable String traceparent, Throwable cause) {
        if (cause instanceof ReplyException reply) {
            if (reply.failureType() == ReplyFailure.NO_HANDLERS) {
                return failure(ErrorCode.NO_HANDLER);
            }
            if (reply.failureType() == ReplyFailure.TIMEOUT) {
                return failure(ErrorCode.TIMEOUT);
            }
            int code = reply.failureCode();
            if (reply.failureType() == ReplyFailure.RECIPIENT_FAILURE
                    && code >= ErrorCode.APPLICATION_MIN
                    && code <= ErrorCode.APPLICATION_MAX) {
                return new RequestFailure(code, bounded(reply.getMessage()));
            }
        }
        Trace.on(LOG.atWarn(), traceparent).setCause(cause).log("{}: a client's request failed", address);
        return failure(ErrorCode.INTERNAL);
    }

    private static RequestFailure failure(ErrorCode code) {
        return new RequestFailure(code.code(), code.phrase());
    }

    /** A verticle's words, as long as a client may be told. */
    static String bounded(@Nullable String message) {
        if (message == null || message.isBlank()) {
            return "request failed";
        }
        if (message.length() <= MAX_MESSAGE_CHARS) {
            return message;
        }
        // Never half of a surrogate pair: it could not be encoded.
        int end = Character.isHighSurrogate(message.charAt(MAX_MESSAGE_CHARS - 1))
                ? MAX_MESSAGE_CHARS - 1
                : MAX_MESSAGE_CHARS;
        return message.substring(0, end);
    }
}
