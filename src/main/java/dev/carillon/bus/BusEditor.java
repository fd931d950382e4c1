package dev.carillon.bus;

import dev.carillon.auth.Identity;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.channel.UnavailableException;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.session.Editor;
import dev.carillon.session.Requests;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.DecodeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a verticle say what is published for a client. It gets the data as a JsonObject, JsonArray, String, Number, Boolean
 * or null (bytes as a Buffer), with the headers {@link Requests#USER_HEADER}, {@link Requests#SESSION_HEADER},
 * {@link Requests#CHANNEL_HEADER}, and where there are any {@link Requests#TENANT_HEADER}, {@link Requests#KEY_HEADER},
 * {@link Requests#META_HEADER} and {@link Requests#TRACE_HEADER}. Its reply is published, encoded likewise; bytes keep
 * their meta.
 *
 * <p>A failure with a code of 300 to 1999 refuses the publish, and the client is told code and message; with another one
 * of 200 or more it is told that it has no permission. No handler, no reply in time, and any other failure are no answer.
 */
public final class BusEditor implements Editor {
    private static final Logger LOG = LoggerFactory.getLogger(BusEditor.class);

    private final Vertx vertx;
    private final Duration timeout;

    /** @param timeout how long a verticle may take, at least a millisecond */
    public BusEditor(Vertx vertx, Duration timeout) {
        this.vertx = vertx;
        this.timeout = timeout;
    }

    @Override
    public Future<Payload> edit(
            String address, Identity who, String sessionId, ChannelName channel, ClientFrame.Publish publish) {
        Object body;
        try {
            body = JsonData.body(publish.data());
        } catch (DecodeException e) {
            return Future.failedFuture(
                    ProtocolException.field("data", publish.id(), "is nested too deep for a verticle"));
        }
        return vertx.eventBus()
                .request(address, body, options(who, sessionId, channel, publish))
                .map(reply -> published(publish.data(), reply.body()))
                .recover(cause -> Future.failedFuture(failure(address, publish, cause)));
    }

    private DeliveryOptions options(Identity who, String sessionId, ChannelName channel, ClientFrame.Publish publish) {
        DeliveryOptions options = new DeliveryOptions()
                .setSendTimeout(timeout.toMillis())
                .addHeader(Requests.USER_HEADER, who.userId())
                .addHeader(Requests.SESSION_HEADER, sessionId)
                .addHeader(Requests.CHANNEL_HEADER, channel.value());
        if (!who.tenant().isEmpty()) {
            options.addHeader(Requests.TENANT_HEADER, who.tenant());
        }
        if (publish.key() != null) {
            options.addHeader(Requests.KEY_HEADER, publish.key());
        }
        if (publish.data().isBinary()) {
            options.addHeader(Requests.META_HEADER, new String(publish.data().json(), StandardCharsets.UTF_8));
        }
        if (publish.traceparent() != null) {
            options.addHeader(Requests.TRACE_HEADER, publish.traceparent());
        }
        return options;
    }

    private static Payload published(Payload given, @Nullable Object reply) {
        return given.isBinary() && reply instanceof Buffer bytes
                ? Payload.binary(given.json(), bytes.getBytes())
                : JsonData.payload(reply);
    }

    private static Throwable failure(String address, ClientFrame.Publish publish, Throwable cause) {
        if (cause instanceof ReplyException reply && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE) {
            int code = reply.failureCode();
            if (code >= ErrorCode.APPLICATION_MIN && code <= ErrorCode.APPLICATION_MAX) {
                return new Requests.RequestFailure(code, BusRequests.bounded(reply.getMessage()));
            }
            if (code >= ErrorCode.BAD_REQUEST.code()) {
                return new ProtocolException(ErrorCode.PERMISSION_DENIED, publish.id());
            }
        }
        Trace.on(LOG.atWarn(), publish.traceparent())
                .log("{}: no answer to a publish on {}: {}", address, publish.channel(), cause.getMessage());
        return new UnavailableException("no answer from " + address);
    }
}
