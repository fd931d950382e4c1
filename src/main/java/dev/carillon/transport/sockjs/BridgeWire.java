package dev.carillon.transport.sockjs;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.Gap;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.WireForm;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.protocol.TraceContext;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a bridge client reads: {@code rec}, {@code err}, {@code pong}, and {@code event}, which the published client
 * hands to its {@code onevent}. Joins and leaves are not shown, because an unmodified client takes every {@code rec}
 * of a channel for a publication.
 */
final class BridgeWire implements WireForm {
    static final BridgeWire FORM = new BridgeWire();

    static final byte[] PONG = ascii("{\"type\":\"pong\"}");

    private static final byte[] NOTHING = {};
    private static final JsonStringEncoder QUOTES = JsonStringEncoder.getInstance();

    /** The stock bridge's words for what it refuses too; clients written for it read them in {@code body}. */
    private static final Map<String, String> STOCK_WORDS = Map.of(
            "permission_denied", "access_denied",
            "already_subscribed", "address_already_registered",
            "limit_exceeded", "max_handlers_reached",
            "unknown_type", "invalid_type");

    private BridgeWire() {}

    @Override
    public byte[] encode(ChannelEvent event) {
        if (event instanceof Publication publication) {
            return publication(publication);
        }
        return event instanceof Gap gap ? gap(gap) : NOTHING;
    }

    // As an error of the address, because an unmodified client hands those to the address's handlers.
    private static byte[] gap(Gap gap) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("missed", Long.toString(gap.missed()));
        if (!gap.last().equals(StreamPosition.NONE)) {
            headers.put("epoch", gap.last().epoch());
            headers.put("offset", Long.toString(gap.last().offset()));
        }
        byte[] err =
                err(gap.channel().value(), CloseCode.TOO_SLOW.code(), "gap", gap.missed() + " publications missed");
        ByteArrayOutputStream out = new ByteArrayOutputStream(err.length + 96);
        out.write(err, 0, err.length - 1);
        out.writeBytes(ascii(",\"headers\":"));
        out.writeBytes(headersJson(headers));
        out.write('}');
        return out.toByteArray();
    }

    private static byte[] publication(Publication publication) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (!publication.isEphemeral()) {
            headers.put("epoch", publication.epoch());
            headers.put("offset", Long.toString(publication.offset()));
        }
        String userId = publication.userId();
        if (userId != null) {
            headers.put("user_id", userId);
        }
        headers.put("timestamp", Long.toString(publication.timestampMillis()));
        String traceparent = publication.traceparent();
        if (traceparent != null) {
            headers.put(TraceContext.NAME, traceparent);
        }
        byte[] body = publication.data().json();
        if (publication.data().isBinary()) {
            headers.put("encoding", "base64");
            headers.put("meta", new String(body, StandardCharsets.UTF_8));
            body = quoted(Base64.getEncoder().encodeToString(publication.data().bytes()));
        }
        return rec(publication.channel().value(), body, headersJson(headers), null);
    }

    /**
     * A message.
     *
     * @param body one JSON value
     * @param headers one JSON object; null for none
     * @param replyAddress where the sender waits for an answer; null if it does not
     */
    static byte[] rec(String address, byte[] body, byte @Nullable [] headers, @Nullable String replyAddress) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(128 + body.length);
        out.writeBytes(ascii("{\"type\":\"rec\",\"address\":"));
        out.writeBytes(quoted(address));
        out.writeBytes(ascii(",\"body\":"));
        out.writeBytes(body);
        if (replyAddress != null) {
            out.writeBytes(ascii(",\"replyAddress\":"));
            out.writeBytes(quoted(replyAddress));
        }
        if (headers != null) {
            out.writeBytes(ascii(",\"headers\":"));
            out.writeBytes(headers);
        }
        out.write('}');
        return out.toByteArray();
    }

    /** What a publisher is told who sent with a reply address. */
    static byte[] ack(String replyAddress, Ack ack) {
        StreamPosition position = ack.position();
        ByteArrayOutputStream body = new ByteArrayOutputStream(64);
        body.write('{');
        if (!position.equals(StreamPosition.NONE)) {
            body.writeBytes(ascii("\"epoch\":"));
            body.writeBytes(quoted(position.epoch()));
            body.writeBytes(ascii(",\"offset\":" + position.offset() + ","));
        }
        body.writeBytes(ascii("\"duplicate\":" + ack.duplicate() + "}"));
        return rec(replyAddress, body.toByteArray(), null, null);
    }

    /**
     * A failure. With the address of a waiting reply or of a registration the published client hands code, type and
     * message to that callback; otherwise it hands the whole frame to its {@code onerror}.
     *
     * @param address empty for none
     */
    static byte[] err(String address, int code, String type, String message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(192);
        out.writeBytes(ascii("{\"type\":\"err\""));
        if (!address.isEmpty()) {
            out.writeBytes(ascii(",\"address\":"));
            out.writeBytes(quoted(address));
        }
        out.writeBytes(ascii(",\"failureCode\":" + code + ",\"failureType\":"));
        out.writeBytes(quoted(type));
        out.writeBytes(ascii(",\"message\":"));
        out.writeBytes(quoted(message));
        out.writeBytes(ascii(",\"body\":"));
        out.writeBytes(quoted(STOCK_WORDS.getOrDefault(type, type)));
        out.write('}');
        return out.toByteArray();
    }

    static byte[] err(String address, ErrorCode code) {
        return err(address, code.code(), typeOf(code), code.phrase());
    }

    static byte[] err(String address, ProtocolException refused) {
        return err(address, refused.code().code(), typeOf(refused.code()), String.valueOf(refused.getMessage()));
    }

    /** @param frame what is told, as the JSON text of {@code carillon.v1.json} */
    static byte[] event(String name, byte[] frame) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64 + frame.length);
        out.writeBytes(ascii("{\"type\":\"event\",\"event\":"));
        out.writeBytes(quoted(name));
        out.writeBytes(ascii(",\"message\":"));
        out.writeBytes(frame);
        out.write('}');
        return out.toByteArray();
    }

    /** The name of an error's kind; {@code failure} for an application's. */
    static String typeOf(int code) {
        for (ErrorCode known : ErrorCode.values()) {
            if (known.code() == code) {
                return typeOf(known);
            }
        }
        return "failure";
    }

    static String typeOf(CloseCode code) {
        return code.name().toLowerCase(Locale.ROOT);
    }

    private static String typeOf(ErrorCode code) {
        return code.name().toLowerCase(Locale.ROOT);
    }

    private static byte[] headersJson(Map<String, String> headers) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(96);
        char separator = '{';
        for (Map.Entry<String, String> header : headers.entrySet()) {
            out.write(separator);
            out.writeBytes(quoted(header.getKey()));
            out.write(':');
            out.writeBytes(quoted(header.getValue()));
            separator = ',';
        }
        out.write('}');
        return out.toByteArray();
    }

    // Through bytes and back, because the encoder fails on half a surrogate pair, which UTF-8 replaces.
    private static byte[] quoted(String text) {
        String clean = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        byte[] inner = QUOTES.quoteAsUTF8(clean);
        byte[] quoted = new byte[inner.length + 2];
        quoted[0] = '"';
        System.arraycopy(inner, 0, quoted, 1, inner.length);
        quoted[quoted.length - 1] = '"';
        return quoted;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
