package dev.carillon.bus;

import dev.carillon.auth.Authorizer;
import dev.carillon.auth.Identity;
import dev.carillon.channel.ChannelName;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a verticle over the event bus:
 * {@code {"action":"subscribe","channel":"messages:42","user_id":"…","session_id":"…","info":{…}}}. The answers
 * {@code true} and {@code {"allowed":true}} mean yes; any other, a failure, and none in time mean no.
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
        return vertx.eventBus()
                .request(address, question, new DeliveryOptions().setSendTimeout(timeout.toMillis()))
                .map(reply -> allows(reply.body()))
                .otherwise(cause -> {
                    LOG.warn(
                            "{}: no answer to {} on {}, which means no: {}",
                            address,
                            action,
                            channel,
                            cause.getMessage());
                    return false;
                });
    }

    private static boolean allows(@Nullable Object answer) {
        return Boolean.TRUE.equals(answer)
                || (answer instanceof JsonObject object && Boolean.TRUE.equals(object.getValue("allowed")));
    }
}
