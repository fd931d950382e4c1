package dev.carillon.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Tenant;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.protocol.Utf8;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Typed reads from a request's JSON object. Each value is kept as the bytes it came in, so that a publication's data
 * passes through unchanged. {@code null} is as good as absent, except as data. Reads fail with
 * {@link ProtocolException}, which names the field and never quotes its value.
 */
final class Fields {
    /** Of user ids and the like; a channel has a bound of its own. */
    static final int MAX_NAME_BYTES = ChannelName.MAX_BYTES;

    private static final int MAX_NESTING = 128;
    private static final long MAX_SAFE_INTEGER = (1L << 53) - 1;
    private static final long MAX_MILLIS = Instant.parse("9999-12-31T23:59:59Z").toEpochMilli();

    // Always UTF-8: Jackson would guess other encodings from zero bytes or marks.
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
            .build();

    private static final ObjectMapper MAPPER = new ObjectMapper(JSON);

    private final String prefix;
    private String tenant = "";
    private final Map<String, byte[]> values = new LinkedHashMap<>();

    private Fields(String prefix) {
        this.prefix = prefix;
    }

    /** @param body one JSON object; nothing at all is as good as an empty one */
    static Fields parse(byte[] body) {
        Fields fields = new Fields("");
        if (body.length > 0) {
            if (!Utf8.isText(body)) {
                throw ProtocolException.field("body", 0, "must be UTF-8");
            }
            fields.read("body", body);
        }
        return fields;
    }

    /**
     * Says which tenant's channels and users are meant: the caller's, or, if it is bound to none, the one that the body
     * names, if any.
     *
     * @throws ProtocolException if the body names another than the caller's
     */
    Fields in(String callers) {
        String named = optionalString("tenant", MAX_NAME_BYTES);
        if (named != null && !Tenant.isName(named)) {
            throw refused("tenant", "must be 1 to 64 letters, digits, '_', '-' or '.'");
        }
        if (named != null && !callers.isEmpty() && !named.equals(callers)) {
            throw new ProtocolException(ErrorCode.PERMISSION_DENIED, 0);
        }
        tenant = named == null ? callers : named;
        return this;
    }

    /** Whose channels and users are meant; empty for those who are no tenant's. */
    String tenant() {
        return tenant;
    }

    /** The key of a user. */
    String userKey(String userId) {
        return Tenant.key(tenant, userId);
    }

    boolean has(String name) {
        return raw(name) != null;
    }

    String string(String name, int maxBytes) {
        String value = optionalString(name, maxBytes);
        if (value == null) {
            throw refused(name, "is required");
        }
        return value;
    }

    @Nullable
    String optionalString(String name, int maxBytes) {
        JsonNode node = node(name, JsonNode::isTextual, "must be a string");
        return node == null ? null : text(name, node, maxBytes);
    }

    /** What names are to begin with; empty for any. */
    String prefix() {
        JsonNode node = node("prefix", JsonNode::isTextual, "must be a string");
        return node == null || node.textValue().isEmpty() ? "" : text("prefix", node, ChannelName.MAX_BYTES);
    }

    boolean flag(String name) {
        JsonNode node = node(name, JsonNode::isBoolean, "must be true or false");
        return node != null && node.booleanValue();
    }

    long integer(String name, long min, long max, long absent) {
        String must = "must be an integer from " + min + " to " + max;
        JsonNode node = node(name, JsonNode::isIntegralNumber, must);
        if (node == null) {
            return absent;
        }
        if (!node.canConvertToLong() || node.longValue() < min || node.longValue() > max) {
            throw refused(name, must);
        }
        return node.longValue();
    }

    long offset(String name) {
        long offset = integer(name, 0, MAX_SAFE_INTEGER, -1);
        if (offset < 0) {
            throw refused(name, "is required");
        }
        return offset;
    }

    /** Milliseconds since 1970, or text such as {@code 2026-01-28T10:00:00Z}. */
    @Nullable
    Instant instant(String name) {
        String must = "must be milliseconds since 1970 or a time such as 2026-01-28T10:00:00Z";
        JsonNode node = node(name, value -> value.isTextual() || value.isIntegralNumber(), must);
        if (node == null) {
            return null;
        }
        if (node.isIntegralNumber()) {
            return Instant.ofEpochMilli(integer(name, 0, MAX_MILLIS, 0));
        }
        try {
            return Instant.parse(node.textValue());
        } catch (DateTimeException e) {
            throw refused(name, must);
        }
    }

    ChannelName channel() {
        return channel("channel", string("channel", MAX_NAME_BYTES));
    }

    /** The channel's name in a field of this name. */
    ChannelName channel(String name, String value) {
        try {
            return new ChannelName(tenant, value);
        } catch (IllegalArgumentException e) {
            throw refused(name, String.valueOf(e.getMessage()));
        }
    }

    /** A user's id, which has to fit into the name of its personal channel. */
    String user(String name, String value) {
        try {
            return ChannelName.ofUser(value).rest();
        } catch (IllegalArgumentException e) {
            throw refused(name, String.valueOf(e.getMessage()));
        }
    }

    /** Different texts, in the order given; none if absent. */
    Set<String> strings(String name, int most) {
        JsonNode node = node(name, JsonNode::isArray, "must be an array of strings");
        if (node == null) {
            return Set.of();
        }
        if (node.size() > most) {
            throw refused(name, "must hold at most " + most);
        }
        Set<String> strings = new LinkedHashSet<>();
        for (int i = 0; i < node.size(); i++) {
            String element = name + "[" + i + "]";
            if (!node.get(i).isTextual()) {
                throw refused(element, "must be a string");
            }
            strings.add(text(element, node.get(i), MAX_NAME_BYTES));
        }
        return strings;
    }

    Payload data() {
        byte[] data = values.get("data");
        if (data == null) {
            throw refused("data", "is required");
        }
        return Payload.json(data);
    }

    @Nullable
    String key() {
        return optionalString("key", Draft.MAX_KEY_BYTES);
    }

    /** An object inside this one; null if absent. */
    @Nullable
    Fields object(String name) {
        byte[] raw = raw(name);
        if (raw == null) {
            return null;
        }
        if (raw[0] != '{') {
            throw refused(name, "must be an object");
        }
        Fields fields = new Fields(prefix + name + ".");
        fields.read(prefix + name, raw);
        return fields;
    }

    /** An object inside this one as the text it came in; null if absent. */
    @Nullable
    String objectText(String name) {
        byte[] raw = raw(name);
        return object(name) == null || raw == null ? null : new String(raw, StandardCharsets.UTF_8);
    }

    ProtocolException refused(String name, String must) {
        return ProtocolException.field(prefix + name, 0, must);
    }

    private void read(String what, byte[] text) {
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw ProtocolException.field(what, 0, "must be a JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                if (values.put(name, value(parser, text)) != null) {
                    throw ProtocolException.field(what, 0, "holds a field twice");
                }
            }
            if (parser.nextToken() != null) {
                throw ProtocolException.field(what, 0, "must be one JSON object");
            }
        } catch (IOException e) {
            throw ProtocolException.field(what, 0, "must be valid JSON, nested at most " + MAX_NESTING + " deep");
        }
    }

    private static byte[] value(JsonParser parser, byte[] text) throws IOException {
        JsonToken unused = parser.nextToken();
        long start = parser.currentTokenLocation().getByteOffset();
        JsonParser skipped = parser.skipChildren();
        skipped.finishToken();
        return Arrays.copyOfRange(
                text, (int) start, (int) skipped.currentLocation().getByteOffset());
    }

    private byte @Nullable [] raw(String name) {
        byte[] raw = values.get(name);
        return raw == null || raw[0] == 'n' ? null : raw;
    }

    private @Nullable JsonNode node(String name, Predicate<JsonNode> is, String must) {
        byte[] raw = raw(name);
        if (raw == null) {
            return null;
        }
        try {
            JsonNode node = MAPPER.readTree(raw);
            if (!is.test(node)) {
                throw refused(name, must);
            }
            return node;
        } catch (IOException e) {
            throw refused(name, must);
        }
    }

    private String text(String name, JsonNode node, int maxBytes) {
        String text = node.textValue();
        if (text.isEmpty()) {
            throw refused(name, "must not be empty");
        }
        if (text.length() > maxBytes || text.getBytes(StandardCharsets.UTF_8).length > maxBytes) {
            throw refused(name, "must be at most " + maxBytes + " bytes");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw refused(name, "must not hold half a surrogate pair");
        }
        return text;
    }
}
