package dev.carillon.transport.sockjs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.carillon.channel.WireForm;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.transport.websocket.WebSocketFrames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** How messages of the bridge stand in the frames of a WebSocket. */
enum BridgeFraming {
    /** A message is a binary message, as the stock bridge writes there. */
    RAW {
        @Override
        byte[] frame(byte[] message) {
            return WebSocketFrames.binary(message);
        }

        @Override
        List<byte[]> messages(byte[] received) {
            return List.of(received);
        }

        @Override
        byte[] opening() {
            return NOTHING;
        }

        @Override
        byte[] heartbeat() {
            return NOTHING;
        }

        @Override
        byte[] farewell(CloseCode code) {
            return NOTHING;
        }
    },
    /** SockJS: a message is a JSON string in an array of them, and some frames are about the connection. */
    SOCKJS {
        @Override
        byte[] frame(byte[] message) {
            byte[] escaped = QUOTES.quoteAsUTF8(new String(message, StandardCharsets.UTF_8));
            ByteArrayOutputStream out = new ByteArrayOutputStream(escaped.length + 5);
            out.writeBytes(BEFORE);
            out.writeBytes(escaped);
            out.writeBytes(AFTER);
            return WebSocketFrames.text(out.toByteArray());
        }

        @Override
        List<byte[]> messages(byte[] received) {
            List<byte[]> messages = new ArrayList<>(1);
            try (JsonParser parser = JSON.createParser(received)) {
                JsonToken token = parser.nextToken();
                if (token == JsonToken.START_ARRAY) {
                    while ((token = parser.nextToken()) == JsonToken.VALUE_STRING) {
                        messages.add(parser.getText().getBytes(StandardCharsets.UTF_8));
                    }
                } else if (token == JsonToken.VALUE_STRING) {
                    messages.add(parser.getText().getBytes(StandardCharsets.UTF_8));
                    token = JsonToken.END_ARRAY;
                }
                if ((token != null && token != JsonToken.END_ARRAY) || parser.nextToken() != null) {
                    throw noFrame();
                }
            } catch (IOException e) {
                throw noFrame();
            }
            return messages;
        }

        @Override
        byte[] opening() {
            return WebSocketFrames.text(ascii("o"));
        }

        @Override
        byte[] heartbeat() {
            return WebSocketFrames.text(ascii("h"));
        }

        // Its client looks for the code in a frame of SockJS, and hands on what an error says.
        @Override
        byte[] farewell(CloseCode code) {
            ByteArrayOutputStream out = new ByteArrayOutputStream(256);
            out.writeBytes(frame(BridgeWire.err("", code.code(), BridgeWire.typeOf(code), code.reason())));
            out.writeBytes(WebSocketFrames.text(ascii("c[" + code.code() + ",\"" + code.reason() + "\"]")));
            return out.toByteArray();
        }
    };

    private static final byte[] NOTHING = {};
    private static final byte[] BEFORE = ascii("a[\"");
    private static final byte[] AFTER = ascii("\"]");
    private static final JsonStringEncoder QUOTES = JsonStringEncoder.getInstance();
    private static final JsonFactory JSON = new JsonFactoryBuilder().build();

    /** What events look like to clients that are carried so; encoded once for all of them. */
    @SuppressWarnings("ImmutableEnumChecker") // it keeps nothing
    final WireForm form = event -> {
        byte[] message = BridgeWire.FORM.encode(event);
        return message.length == 0 ? message : frame(message);
    };

    /** One message as it goes out, with the header of the WebSocket frame. */
    abstract byte[] frame(byte[] message);

    /**
     * The messages that one message of the WebSocket holds.
     *
     * @throws ProtocolException if it is none of this framing
     */
    abstract List<byte[]> messages(byte[] received);

    /** What a client is greeted with; empty for nothing. */
    abstract byte[] opening();

    /** What keeps proxies from taking the connection as dead; empty for nothing. */
    abstract byte[] heartbeat();

    /** What goes before the close frame; empty for nothing. */
    abstract byte[] farewell(CloseCode code);

    private static ProtocolException noFrame() {
        return ProtocolException.field("message", 0, "must be a JSON string or an array of them");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
