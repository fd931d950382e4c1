package dev.carillon.ops;

import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.Gap;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.presence.PresenceChange;
import dev.carillon.presence.PresenceSnapshot;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ServerFrame;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Frames as an operator sees them: their fields by the names of the records, without tokens, and with the size of data in
 * its place unless the operator may see it. A field of a kind that is not known here is left out.
 *
 * @param withData whether data is shown, up to {@value #MAX_DATA_BYTES} bytes of it
 */
record TracedFrame(boolean withData) {
    private static final int MAX_DATA_BYTES = 8 * 1024;

    JsonObject of(ClientFrame frame) {
        return fields(new JsonObject().put("type", type(frame)), (Record) frame);
    }

    JsonObject of(ServerFrame frame) {
        String type = frame instanceof ServerFrame.Acknowledged ? "ack" : type(frame);
        return fields(new JsonObject().put("type", type), (Record) frame);
    }

    JsonObject of(ChannelEvent event) {
        JsonObject shown = new JsonObject();
        if (event instanceof Publication publication) {
            shown.put("type", "message").put("channel", publication.channel().value());
            position(shown, publication.position());
            put(shown, "user_id", publication.userId());
            data(shown, publication.data());
        } else if (event instanceof PresenceChange change) {
            shown.put("type", change.joined() ? "join" : "leave")
                    .put("channel", change.channel().value())
                    .put("user_id", change.member().userId())
                    .put("session_id", change.member().sessionId())
                    .put("version", change.version());
        } else if (event instanceof Gap gap) {
            shown.put("type", "gap").put("channel", gap.channel().value());
        }
        return shown;
    }

    private static String type(Object frame) {
        return snake(frame.getClass().getSimpleName());
    }

    private static String snake(String name) {
        return name.replaceAll("(?<=[a-z])([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private JsonObject fields(JsonObject into, Record frame) {
        for (RecordComponent component : frame.getClass().getRecordComponents()) {
            if (!component.getName().equals("token")) {
                field(into, snake(component.getName()), value(component, frame));
            }
        }
        return into;
    }

    private static @Nullable Object value(RecordComponent component, Record frame) {
        try {
            return component.getAccessor().invoke(frame);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("frames are public records", e);
        }
    }

    private void field(JsonObject into, String name, @Nullable Object value) {
        if (value instanceof String || value instanceof Number || value instanceof Boolean) {
            if (!value.equals("") && !(name.equals("id") && value.equals(0L))) {
                into.put(name, value);
            }
        } else if (value instanceof Payload data) {
            data(into, data);
        } else if (value instanceof StreamPosition position) {
            position(into, position);
        } else if (value instanceof Ack ack) {
            position(into, ack.position());
            into.put("duplicate", ack.duplicate());
        } else if (value instanceof PresenceSnapshot snapshot) {
            into.put("version", snapshot.version())
                    .put("users", snapshot.users())
                    .put("sessions", snapshot.sessions());
        } else if (value instanceof CloseCode code) {
            into.put(name, code.code());
        } else if (value instanceof Duration duration) {
            into.put(name + "_ms", duration.toMillis());
        } else if (value instanceof Instant instant) {
            into.put(name, instant.toEpochMilli());
        } else if (value instanceof Collection<?> many) {
            many(into, name, many);
        }
    }

    /** Of publications only how many: a recovery may hold hundreds. */
    private void many(JsonObject into, String name, Collection<?> many) {
        if (many.stream().anyMatch(Publication.class::isInstance) || many.isEmpty()) {
            into.put(name, many.size());
            return;
        }
        JsonArray shown = new JsonArray();
        many.stream()
                .filter(Record.class::isInstance)
                .limit(100)
                .forEach(one -> shown.add(fields(new JsonObject(), (Record) one)));
        into.put(name, shown);
    }

    void position(JsonObject into, StreamPosition position) {
        if (!position.epoch().isEmpty()) {
            into.put("epoch", position.epoch()).put("offset", position.offset());
        }
    }

    /** Adds data, or its size. */
    void data(JsonObject into, Payload data) {
        into.put("data_bytes", data.size());
        if (!withData || data.size() > MAX_DATA_BYTES) {
            return;
        }
        try {
            into.put(
                    data.isBinary() ? "meta" : "data",
                    Buffer.buffer(data.json()).toJsonValue());
        } catch (DecodeException e) {
            return; // Nothing that is no JSON comes so far; whatever it is, its size is told.
        }
        if (data.isBinary()) {
            into.put("bytes", Base64.getEncoder().encodeToString(data.bytes()));
        }
    }

    static void put(JsonObject into, String name, @Nullable String value) {
        if (value != null) {
            into.put(name, value);
        }
    }
}
