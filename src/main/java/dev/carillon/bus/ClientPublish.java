package dev.carillon.bus;

import dev.carillon.channel.ChannelName;
import dev.carillon.session.Requests;
import io.vertx.core.MultiMap;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.Json;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A client publishes, and a verticle says what.
 *
 * @param channel of the user's tenant, if there is one
 * @param data JsonObject, JsonArray, String, Number, Boolean or null; a Buffer if it is bytes
 * @param meta the JSON value beside bytes; null if there are none
 * @param key the same for each repeat of the publish; null if the client gave none
 * @param traceparent what the client is doing, as W3C Trace Context writes it; null if it did not say
 */
public record ClientPublish(
        ChannelName channel,
        String userId,
        String sessionId,
        @Nullable Object data,
        @Nullable Object meta,
        @Nullable String key,
        @Nullable String traceparent) {

    static ClientPublish read(Message<Object> message) {
        MultiMap headers = message.headers();
        String meta = headers.get(Requests.META_HEADER);
        return new ClientPublish(
                new ChannelName(
                        Objects.requireNonNullElse(headers.get(Requests.TENANT_HEADER), ""),
                        Objects.requireNonNull(headers.get(Requests.CHANNEL_HEADER), "no publish of a client")),
                Objects.requireNonNullElse(headers.get(Requests.USER_HEADER), ""),
                Objects.requireNonNullElse(headers.get(Requests.SESSION_HEADER), ""),
                message.body(),
                meta == null ? null : Json.decodeValue(meta),
                headers.get(Requests.KEY_HEADER),
                headers.get(Requests.TRACE_HEADER));
    }
}
