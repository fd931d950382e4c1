package dev.carillon.bus;

import dev.carillon.auth.Authorizer;
import dev.carillon.auth.Identity;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.UnavailableException;
import dev.carillon.protocol.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a verticle over the event bus:
 * {@code {"action":"subscribe","channel":"messages:42","user_id":"…","session_id":"…","info":{…}}},
 * with the {@code tenant} of users that have one. The answers
 * {@code true} and {@code {"allowed":true}} mean yes; any other, and a failure with a code of 200 or more, means no. No
 * handler, no answer in time, and a failure with another code are no answer: the future fails with
 * {@link UnavailableException}, and the client may ask again.
 */
public final class BusAuthorizer implements Authorizer {
    private static final Logger LOG = LoggerFactory.getLogger(BusAuthorizer.class);

    private final Vertx vertx;
    private final Duration timeout;

    /** @param timeout how long a verticle may take, at least a millisecond */
    public BusAuthorizer(Vertx vertx, Duration timeout) {
        this.vertx = vertx;
        this.timeout = timeout;
    }

    @Override
    public Future<Boolean> ask(String address, String action, Identity who, String sessionId, ChannelName channel) {
        JsonObject question = new JsonObject()
                .put("action", action)
                .put("channel", channel.value())
                .put("user_id", who.userId())
                .put("session_id", sessionId)
                .put("info", BusReplies.info(who.info()));
        if (!who.tenant().isEmpty()) {
            question.put("tenant", who.tenant());
        }
        return vertx.eventBus()
                .request(address, question, new DeliveryOptions().setSendTimeout(timeout.toMillis()))
                .map(reply -> allows(reply.body()))
                .recover(cause -> {
                    if (isAnswer(cause)) {
                        return Future.succeededFuture(false);
                    }
                    LOG.warn("{}: no answer to {} on {}: {}", address, action, channel, cause.getMessage());
                    return Future.failedFuture(new UnavailableException("no answer from " + address));
                });
    }

    /** Codes below 200 are temporary, as on the wire; a handler that fails by accident has one of them. */
    private static boolean isAnswer(Throwable cause) {
        return cause instanceof ReplyException reply
                && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE
                && reply.failureCode() >= ErrorCode.BAD_REQUEST.code();
    }

    private static boolean allows(@Nullable Object answer) {
        return Boolean.TRUE.equals(answer)
                || (answer instanceof JsonObject object && Boolean.TRUE.equals(object.getValue("allowed")));
    }
}
