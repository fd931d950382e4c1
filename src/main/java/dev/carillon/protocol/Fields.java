package dev.carillon.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.carillon.channel.StreamPosition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Typed reads from one untrusted JSON object. The whole object is read before any field is judged, so that a refusal
 * can name the command it refuses. Of fields given twice the last one counts; {@code null} is as good as absent.
 */
final class Fields {
    static final int MAX_NESTING = 128;
    static final long MAX_SAFE_INTEGER = (1L << 53) - 1;
    private static final int MAX_EPOCH_BYTES = 128;

    /** Kept as the bytes they came in; everything else that is not listed in {@link #KNOWN} is skipped. */
    private static final Set<String> RAW = Set.of("data", "meta", "since", "client", "subscribe");

    private static final Set<String> KNOWN = Set.of(
            "type",
            "id",
            "token",
            "channel",
            "epoch",
            "offset",
            "key",
            "binary",
            "limit",
            "reverse",
            "stats",
            "address",
            "timeout_ms",
            "traceparent",
            "name",
            "version");

    private static final Object OTHER = new Object();

    // Names come from strangers: they are neither interned nor kept beyond Jackson's own bounded table.
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
            .build();

    private final Map<String, Object> values = new HashMap<>(8);
    private final String prefix;
    private long id;

    private Fields(String prefix, long id) {
        this.prefix = prefix;
        this.id = id;
    }

    /** @throws ProtocolException if the text is anything but one JSON object */
    static Fields parse(byte[] text) {
        return new Fields("", 0).read(text);
    }

    /** Checks one JSON value of any shape; returns the string in {@code type} of an object, or nothing. */
    static String typeOf(byte[] text) {
        if (looksLikeObject(text)) {
            return parse(text).values.get("type") instanceof String type ? type : "";
        }
        for (byte b : text) {
            if (b == 0 || text[0] < 0) {
                throw ProtocolException.field("frame", 0, "is not valid JSON");
            }
        }
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() == null) {
                throw ProtocolException.field("frame", 0, "must be JSON");
            }
            parser.skipChildren();
            parser.finishToken();
            if (parser.nextToken() != null) {
                throw ProtocolException.field("frame", 0, "must be one JSON value");
            }
            return "";
        } catch (IOException e) {
            throw ProtocolException.field("frame", 0, "is not valid JSON");
        }
    }

    /** The command's id, or 0 if there is none that could be read. */
    long id() {
        return id;
    }

    /** The command's id, 0 for none. */
    long requireId() {
        return integer("id", 1, MAX_SAFE_INTEGER, 0);
    }

    String string(String name, int maxBytes) {
        String value = optionalString(name, maxBytes);
        if (value == null) {
            throw refused(name, "is required");
        }
        if (value.isEmpty()) {
            throw refused(name, "must not be empty");
        }
        return value;
    }

    @Nullable
    String optionalString(String name, int maxBytes) {
        Object value = values.get(name);
        if (value == null) {
            return null;
        }
        if (!(value instanceof String text)) {
            throw refused(name, "must be a string");
        }
        if (text.length() > maxBytes
                || (text.length() > maxBytes / 3 && text.getBytes(StandardCharsets.UTF_8).length > maxBytes)) {
            throw refused(name, "must be at most " + maxBytes + " bytes");
        }
        if (!isUnicode(text)) {
            throw refused(name, "must not hold half a surrogate pair");
        }
        return text;
    }

    boolean flag(String name) {
        Object value = values.get(name);
        if (value == null) {
            return false;
        }
        if (!(value instanceof Boolean flag)) {
            throw refused(name, "must be true or false");
        }
        return flag;
    }

    long integer(String name, long min, long max, long absent) {
        Object value = values.get(name);
        if (value == null) {
            return absent;
        }
        if (!(value instanceof Long number) || number < min || number > max) {
            throw refused(name, "must be an integer from " + min + " to " + max);
        }
        return number;
    }

    /** The value's bytes as they came in; null if absent. JSON {@code null} is a value here. */
    byte @Nullable [] raw(String name) {
        return (byte[]) values.get(name);
    }

    /** An object inside this one; null if absent. */
    @Nullable
    Fields object(String name) {
        byte[] raw = raw(name);
        if (raw == null || isNull(raw)) {
            return null;
        }
        if (raw[0] != '{') {
            throw refused(name, "must be an object");
        }
        return new Fields(prefix + name + ".", id).read(raw);
    }

    /** The objects of an array inside this one; none if absent. */
    List<Fields> objects(String name) {
        byte[] raw = raw(name);
        if (raw == null || isNull(raw)) {
            return List.of();
        }
        if (raw[0] != '[') {
            throw refused(name, "must be an array");
        }
        List<Fields> objects = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(raw)) {
            JsonToken token = parser.nextToken();
            while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
                String element = name + "[" + objects.size() + "]";
                if (token != JsonToken.START_OBJECT) {
                    throw refused(element, "must be an object");
                }
                Fields object = new Fields(prefix + element + ".", id);
                object.readObject(parser, raw);
                objects.add(object);
            }
        } catch (IOException e) {
            throw refused(name, "is not valid JSON");
        }
        return objects;
    }

    /** {@code epoch} and {@code offset}, which come together; null if both are absent. */
    @Nullable
    StreamPosition position() {
        String epoch = optionalString("epoch", MAX_EPOCH_BYTES);
        long offset = integer("offset", 0, MAX_SAFE_INTEGER, -1);
        if (epoch == null && offset < 0) {
            return null;
        }
        if (epoch == null) {
            throw refused("epoch", "is required with offset");
        }
        if (offset < 0) {
            throw refused("offset", "is required with epoch");
        }
        return new StreamPosition(epoch, offset);
    }

    ProtocolException refused(String name, String must) {
        return ProtocolException.field(prefix + name, id, must);
    }

    private Fields read(byte[] text) {
        if (!looksLikeObject(text)) {
            throw ProtocolException.field("frame", id, "must be a JSON object");
        }
        try (JsonParser parser = JSON.createParser(text)) {
            JsonToken start = parser.nextToken();
            if (start != JsonToken.START_OBJECT) {
                throw ProtocolException.field("frame", id, "must be a JSON object");
            }
            readObject(parser, text);
            if (parser.nextToken() != null) {
                throw ProtocolException.field("frame", id, "must be one JSON object");
            }
            return this;
        } catch (StreamConstraintsException e) {
            throw ProtocolException.field("frame", id, "is nested too deep or holds too long a number or name");
        } catch (IOException e) {
            throw ProtocolException.field("frame", id, "is not valid JSON");
        }
    }

    private void readObject(JsonParser parser, byte[] text) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            if (RAW.contains(name)) {
                values.put(name, slice(parser, text));
            } else if (KNOWN.contains(name)) {
                keep(name, value(parser, token));
            } else {
                parser.skipChildren();
            }
        }
    }

    private void keep(String name, @Nullable Object value) {
        if (value == null) {
            values.remove(name);
        } else {
            values.put(name, value);
        }
        if (prefix.isEmpty() && name.equals("id")) {
            id = value instanceof Long number && number >= 1 && number <= MAX_SAFE_INTEGER ? number : 0;
        }
    }

    private static @Nullable Object value(JsonParser parser, JsonToken token) throws IOException {
        switch (token) {
            case VALUE_STRING:
                return parser.getText();
            case VALUE_NUMBER_INT:
                return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? OTHER
                        : (Object) parser.getLongValue();
            case VALUE_TRUE:
                return Boolean.TRUE;
            case VALUE_FALSE:
                return Boolean.FALSE;
            case VALUE_NULL:
                return null;
            default:
                parser.skipChildren();
                return OTHER;
        }
    }

    private static byte[] slice(JsonParser parser, byte[] text) throws IOException {
        long start = parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        long end = parser.currentLocation().getByteOffset();
        return Arrays.copyOfRange(text, (int) start, (int) end);
    }

    // Jackson would take other encodings than UTF-8 by their zero bytes or marks.
    private static boolean looksLikeObject(byte[] text) {
        if (text.length < 2 || text[1] == 0) {
            return false;
        }
        for (byte b : text) {
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return b == '{';
            }
        }
        return false;
    }

    private static boolean isNull(byte[] raw) {
        return raw[0] == 'n';
    }

    private static boolean isUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }
}
