package dev.carillon.bus;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import dev.carillon.channel.Payload;
import dev.carillon.protocol.Utf8;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.EncodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Data as a verticle holds it, to and from the bytes that pass through a node. Stateless: safe on any thread. */
final class JsonData {
    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonData() {}

    /**
     * Encodes what a verticle gives.
     *
     * @param value JsonObject, JsonArray, Map, List, text, number, boolean or null; a Buffer or byte array is JSON
     *     already and only checked
     * @throws IllegalArgumentException if it is none of these; says what it must be
     */
    static Payload payload(@Nullable Object value) {
        if (value == null) {
            return Payload.NULL;
        }
        if (value instanceof Buffer buffer) {
            return raw(buffer.getBytes());
        }
        if (value instanceof byte[] bytes) {
            return raw(bytes);
        }
        if (!isJson(value)) {
            throw new IllegalArgumentException("must be a JSON value or a Buffer that holds one");
        }
        try {
            return Payload.json(Json.encodeToBuffer(value).getBytes());
        } catch (EncodeException | IllegalStateException e) {
            throw new IllegalArgumentException("holds something that JSON cannot", e);
        }
    }

    /**
     * What a verticle expects: JsonObject, JsonArray, String, Number, Boolean or null; a Buffer for bytes.
     *
     * @throws io.vertx.core.json.DecodeException if the payload is nested deeper than the parser goes
     */
    static @Nullable Object body(Payload payload) {
        return payload.isBinary() ? Buffer.buffer(payload.bytes()) : Json.decodeValue(Buffer.buffer(payload.json()));
    }

    private static boolean isJson(Object value) {
        return value instanceof JsonObject
                || value instanceof JsonArray
                || value instanceof Map
                || value instanceof List
                || value instanceof CharSequence
                || value instanceof Number
                || value instanceof Boolean
                || value instanceof Character;
    }

    private static Payload raw(byte[] json) {
        if (!isOneValue(json)) {
            throw new IllegalArgumentException("must hold one JSON value in UTF-8");
        }
        return Payload.json(json);
    }

    // The bytes go into frames unread, so they must be exactly one value. The non-blocking parser is the one of
    // Jackson's that takes UTF-8 only; it would skip a byte order mark, and lets some malformed UTF-8 pass.
    private static boolean isOneValue(byte[] json) {
        if (json.length == 0 || json[0] < 0 || !Utf8.isText(json)) {
            return false;
        }
        try (JsonParser parser = FACTORY.createNonBlockingByteArrayParser()) {
            ByteArrayFeeder feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
            feeder.feedInput(json, 0, json.length);
            feeder.endOfInput();
            int depth = 0;
            int values = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.NOT_AVAILABLE) {
                    continue; // a number or white space may go on until the parser has looked for the end
                }
                values += depth == 0 ? 1 : 0;
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            }
            return values == 1 && depth == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
