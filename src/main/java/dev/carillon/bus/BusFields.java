package dev.carillon.bus;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Payload;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.Tenant;
import dev.carillon.protocol.ProtocolException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Typed reads from what a verticle sent. Each throws {@link ProtocolException} naming the field. */
record BusFields(JsonObject body) {
    static BusFields of(@Nullable Object body) {
        if (body instanceof JsonObject object) {
            return new BusFields(object);
        }
        throw refused("body", "must be a JSON object");
    }

    boolean has(String name) {
        return body.getValue(name) != null;
    }

    String string(String name) {
        String text = stringOrNull(name);
        if (text == null) {
            throw refused(name, "is missing");
        }
        return text;
    }

    @Nullable
    String stringOrNull(String name) {
        Object value = body.getValue(name);
        if (value == null) {
            return null;
        }
        if (value instanceof String text && !text.isEmpty()) {
            return text;
        }
        throw refused(name, "must be a string that is not empty");
    }

    @Nullable
    String key() {
        return checkedKey(stringOrNull("key"));
    }

    ChannelName channel() {
        return channel("channel", string("channel")).in(tenant());
    }

    /** Whose channels and users are meant; empty for those who are no tenant's. */
    String tenant() {
        String tenant = stringOrNull("tenant");
        if (tenant != null && !Tenant.isName(tenant)) {
            throw refused("tenant", "must be 1 to 64 letters, digits, '_', '-' or '.'");
        }
        return tenant == null ? "" : tenant;
    }

    /** The key of the user that is meant. */
    String userKey() {
        return Tenant.key(tenant(), string("user_id"));
    }

    Payload data() {
        if (!body.containsKey("data")) {
            throw refused("data", "is missing");
        }
        return data(body.getValue("data"));
    }

    int number(String name, int min, int max, int otherwise) {
        Object value = body.getValue(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Number number
                && number.longValue() == number.doubleValue()
                && number.longValue() >= min
                && number.longValue() <= max) {
            return number.intValue();
        }
        throw refused(name, "must be a whole number from " + min + " to " + max);
    }

    boolean flag(String name) {
        Object value = body.getValue(name);
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        throw refused(name, "must be true or false");
    }

    @Nullable
    StreamPosition position(String name) {
        Object value = body.getValue(name);
        if (value == null) {
            return null;
        }
        if (value instanceof JsonObject position
                && position.getValue("epoch") instanceof String epoch
                && position.getValue("offset") instanceof Number offset
                && offset.longValue() >= 0) {
            return new StreamPosition(epoch, offset.longValue());
        }
        throw refused(name, "must hold an epoch and an offset");
    }

    List<String> strings(String name, int most) {
        if (!(body.getValue(name) instanceof JsonArray array)) {
            throw refused(name, "must be an array of strings");
        }
        if (array.size() > most) {
            throw refused(name, "must hold at most " + most);
        }
        List<String> texts = new ArrayList<>(array.size());
        for (Object entry : array) {
            if (!(entry instanceof String text)) {
                throw refused(name, "must be an array of strings");
            }
            texts.add(text);
        }
        return texts;
    }

    static ChannelName channel(String field, String name) {
        try {
            return new ChannelName(name);
        } catch (IllegalArgumentException e) {
            throw refused(field, String.valueOf(e.getMessage()));
        }
    }

    static @Nullable String checkedKey(@Nullable String key) {
        if (key != null && key.getBytes(StandardCharsets.UTF_8).length > Draft.MAX_KEY_BYTES) {
            throw refused("key", "must be at most " + Draft.MAX_KEY_BYTES + " bytes");
        }
        return key;
    }

    static Payload data(@Nullable Object value) {
        try {
            return JsonData.payload(value);
        } catch (IllegalArgumentException e) {
            throw refused("data", String.valueOf(e.getMessage()));
        }
    }

    static ProtocolException refused(String field, String must) {
        return ProtocolException.field(field, 0, must);
    }
}
