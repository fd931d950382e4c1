package dev.carillon.transport.sockjs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.carillon.channel.Payload;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.protocol.Utf8;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message of a bridge client.
 *
 * @param address empty for {@code ping} and {@code auth}, which have none
 * @param replyAddress where the client waits for the answer of a {@code send}; null if it does not
 * @param body one JSON value, as the bytes it came in
 * @param headers without those that carry a token, nested values as JSON text
 * @param token from {@code Authorization: Bearer}, a {@code token} header or a {@code token} field; null for none
 */
record BridgeMessage(
        Type type,
        String address,
        @Nullable String replyAddress,
        byte[] body,
        Map<String, String> headers,
        @Nullable String token) {
    /** What clients may send. */
    enum Type {
        AUTH,
        PING,
        REGISTER,
        UNREGISTER,
        PUBLISH,
        SEND
    }

    private static final int MAX_NESTING = 128;
    private static final int MAX_ADDRESS_BYTES = 255;
    private static final int MAX_HEADERS = 64;
    private static final int MAX_TOKEN_BYTES = 16 * 1024;
    /** What the published client makes: a UUID. */
    private static final int MAX_REPLY_ADDRESS = 36;

    private static final String BEARER = "Bearer ";

    // Names come from strangers: they are not interned.
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
            .build();

    /** How many bytes it keeps while it waits. */
    int size() {
        return 256 + body.length;
    }

    /** Where an error about this message is heard. */
    String answerTo() {
        return replyAddress != null ? replyAddress : address;
    }

    /**
     * @throws ProtocolException if the text is no message of the bridge; names the field, never quotes its value
     */
    static BridgeMessage parse(byte[] text) {
        requireUtf8(text);
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw bad("message", "must be a JSON object");
            }
            Draft draft = new Draft();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                draft.read(parser, text);
            }
            if (parser.nextToken() != null) {
                throw bad("message", "must be one JSON object");
            }
            return draft.finish();
        } catch (StreamConstraintsException e) {
            throw bad("message", "is nested too deep or holds too long a number or name");
        } catch (IOException e) {
            throw bad("message", "is not valid JSON");
        }
    }

    // What is published here is written to sockets that close on broken text.
    private static void requireUtf8(byte[] text) {
        if (text.length == 0) {
            throw bad("message", "must be a JSON object");
        }
        if (!Utf8.isText(text)) {
            throw bad("message", "is not UTF-8");
        }
    }

    private static ProtocolException bad(String field, String must) {
        return ProtocolException.field(field, 0, must);
    }

    /** A message while it is read. Of fields given twice the last one counts. */
    private static final class Draft {
        private @Nullable String type;
        private @Nullable String address;
        private @Nullable String replyAddress;
        private @Nullable String token;
        private byte[] body = Payload.NULL.json();
        private Map<String, String> headers = Map.of();

        void read(JsonParser parser, byte[] text) throws IOException {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "type" -> type = string(parser, value, name, 64);
                case "address" -> address = string(parser, value, name, MAX_ADDRESS_BYTES);
                case "replyAddress" -> replyAddress = string(parser, value, name, MAX_REPLY_ADDRESS);
                case "token" -> token = string(parser, value, name, MAX_TOKEN_BYTES);
                case "body" -> body = slice(parser, text);
                case "headers" -> readHeaders(parser, value, text);
                default -> {
                    JsonParser unused = parser.skipChildren();
                }
            }
        }

        private void readHeaders(JsonParser parser, JsonToken value, byte[] text) throws IOException {
            if (value == JsonToken.VALUE_NULL) {
                return;
            }
            if (value != JsonToken.START_OBJECT) {
                throw bad("headers", "must be an object");
            }
            headers = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                readHeader(name, headerValue(parser, text));
                if (headers.size() > MAX_HEADERS) {
                    throw bad("headers", "must be at most " + MAX_HEADERS);
                }
            }
        }

        private static String headerValue(JsonParser parser, byte[] text) throws IOException {
            JsonToken value = parser.nextToken();
            return value == JsonToken.VALUE_STRING
                    ? parser.getText()
                    : new String(slice(parser, text), StandardCharsets.UTF_8);
        }

        private void readHeader(String name, String value) {
            if (!isUnicode(name) || !isUnicode(value)) {
                throw bad("headers", "must not hold half a surrogate pair");
            }
            if (name.equalsIgnoreCase("authorization")) {
                if (value.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
                    token = tokenOf(value.substring(BEARER.length()).strip());
                }
            } else if (name.equals("token")) {
                token = tokenOf(value);
            } else {
                String replaced = headers.put(name, value);
            }
        }

        private static String tokenOf(String value) {
            if (value.length() > MAX_TOKEN_BYTES) {
                throw bad("token", "must be at most " + MAX_TOKEN_BYTES + " bytes");
            }
            return value;
        }

        private static @Nullable String string(JsonParser parser, JsonToken value, String name, int maxBytes)
                throws IOException {
            if (value == JsonToken.VALUE_NULL) {
                return null;
            }
            if (value != JsonToken.VALUE_STRING) {
                throw bad(name, "must be a string");
            }
            String read = parser.getText();
            if (read.length() > maxBytes || read.getBytes(StandardCharsets.UTF_8).length > maxBytes) {
                throw bad(name, "must be at most " + maxBytes + " bytes");
            }
            if (!isUnicode(read)) {
                throw bad(name, "must not hold half a surrogate pair");
            }
            return read;
        }

        private static boolean isUnicode(String text) {
            return text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
        }

        private static byte[] slice(JsonParser parser, byte[] text) throws IOException {
            long start = parser.currentTokenLocation().getByteOffset();
            JsonParser unused = parser.skipChildren();
            parser.finishToken();
            long end = parser.currentLocation().getByteOffset();
            return Arrays.copyOfRange(text, (int) start, (int) end);
        }

        BridgeMessage finish() {
            if (type == null) {
                throw bad("type", "is required");
            }
            Type known = typeOf(type);
            boolean addressed = known != Type.AUTH && known != Type.PING;
            if (addressed && (address == null || address.isEmpty())) {
                throw bad("address", "is required");
            }
            if (known == Type.AUTH && (token == null || token.isEmpty())) {
                throw bad("token", "is required");
            }
            return new BridgeMessage(
                    known,
                    address == null ? "" : address,
                    replyAddress == null || replyAddress.isEmpty() ? null : replyAddress,
                    body,
                    headers,
                    token == null || token.isEmpty() ? null : token);
        }

        private static Type typeOf(String name) {
            return switch (name) {
                case "auth" -> Type.AUTH;
                case "ping" -> Type.PING;
                case "register" -> Type.REGISTER;
                case "unregister" -> Type.UNREGISTER;
                case "publish" -> Type.PUBLISH;
                case "send" -> Type.SEND;
                default -> throw new ProtocolException(ErrorCode.UNKNOWN_TYPE, 0);
            };
        }
    }
}
