package dev.carillon.bus;

import dev.carillon.channel.Payload;
import dev.carillon.protocol.TraceContext;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A publish on its way to a node: within the process as it is, over the event bus as bytes with headers.
 *
 * @param tenant null for none
 * @param channel nobody has looked at it yet, nor at the key and the user
 */
record PublishRequest(
        @Nullable String tenant,
        @Nullable String channel,
        @Nullable String key,
        @Nullable String userId,
        @Nullable String traceparent,
        Payload data) {
    Buffer body() {
        return Buffer.buffer(data.json());
    }

    DeliveryOptions headers() {
        DeliveryOptions options = NodeLink.options();
        add(options, "channel", channel);
        add(options, "key", key);
        add(options, "tenant", tenant);
        add(options, "user_id", userId);
        add(options, TraceContext.NAME, traceparent);
        return options;
    }

    BusFields fields() {
        return new BusFields(new JsonObject()
                .put("tenant", tenant)
                .put("channel", channel)
                .put("key", key)
                .put("user_id", userId));
    }

    private static void add(DeliveryOptions options, String name, @Nullable String value) {
        if (value != null) {
            options.addHeader(name, value);
        }
    }
}
