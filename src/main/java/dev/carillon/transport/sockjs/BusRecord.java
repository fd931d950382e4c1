package dev.carillon.transport.sockjs;

import io.vertx.core.MultiMap;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.EncodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event-bus message as a {@code rec}, shared by all sockets that it goes to.
 *
 * @param json empty if its body is nothing that JSON can hold
 */
record BusRecord(byte[] json) {
    private static final Logger LOG = LoggerFactory.getLogger(BusRecord.class);
    private static final BusRecord NONE = new BusRecord(new byte[0]);

    static BusRecord of(String address, Message<?> message) {
        try {
            byte[] body = Json.encodeToBuffer(message.body()).getBytes();
            return new BusRecord(BridgeWire.rec(address, body, headers(message.headers()), message.replyAddress()));
        } catch (EncodeException e) {
            LOG.warn("a message of the bus was not shown to clients: its body is no JSON", e);
            return NONE;
        }
    }

    boolean isEmpty() {
        return json.length == 0;
    }

    private static byte @Nullable [] headers(@Nullable MultiMap headers) {
        if (headers == null || headers.isEmpty()) {
            return null;
        }
        JsonObject object = new JsonObject();
        for (String name : headers.names()) {
            List<String> values = headers.getAll(name);
            object.put(name, values.size() == 1 ? values.get(0) : new JsonArray(values));
        }
        return object.toBuffer().getBytes();
    }
}
