package dev.carillon.transport.sse;

import dev.carillon.channel.StreamPosition;
import io.vertx.core.buffer.Buffer;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where one client stands, as the {@code id} of its events: {@code epoch:offset} for one channel, and
 * {@code channel=epoch:offset&channel=epoch:offset} for several, because a browser sends back the last id only. Channel
 * names are URL-encoded there. Channels that the server subscribed have no part in it. Confined to its event loop.
 */
final class SsePositions {
    private static final String FIELD = "id: ";
    private static final byte[] FIELD_BYTES = FIELD.getBytes(StandardCharsets.US_ASCII);

    private final Map<String, String> byChannel = new LinkedHashMap<>();
    private final boolean several;

    /** @param channels those that the client asked for */
    SsePositions(List<String> channels) {
        several = channels.size() > 1;
        channels.forEach(channel -> byChannel.put(encoded(channel), ""));
    }

    /** The line that an encoded publication begins with. */
    static String line(String channel, StreamPosition position) {
        return FIELD + encoded(channel) + "=" + text(position);
    }

    /**
     * Reads an id that a client sent back.
     *
     * @return positions by channel; channels that are not asked for are left out
     * @throws IllegalArgumentException if it is none
     */
    static Map<String, StreamPosition> parse(String id, List<String> channels) {
        Map<String, StreamPosition> positions = new LinkedHashMap<>();
        for (String part : id.split("&", -1)) {
            int equals = part.indexOf('=');
            if (equals < 0 && channels.size() > 1) {
                throw new IllegalArgumentException("must be channel=epoch:offset, joined by '&', for several channels");
            }
            String channel =
                    equals < 0 ? channels.get(0) : URLDecoder.decode(part.substring(0, equals), StandardCharsets.UTF_8);
            if (channels.contains(channel)) {
                StreamPosition replaced = positions.put(channel, position(part.substring(equals + 1)));
            }
        }
        return positions;
    }

    private static StreamPosition position(String text) {
        int colon = text.lastIndexOf(':');
        String offset = text.substring(colon + 1);
        if (colon < 1 || colon > 128 || !offset.matches("\\d{1,15}")) {
            throw new IllegalArgumentException("must be epoch:offset");
        }
        return new StreamPosition(text.substring(0, colon), Long.parseLong(offset));
    }

    /** The id line of the present position with its line end; null if there is none. */
    @Nullable
    String line() {
        StringBuilder line = new StringBuilder(FIELD);
        byChannel.forEach((channel, position) -> {
            if (!position.isEmpty()) {
                if (several) {
                    line.append(line.length() > FIELD.length() ? "&" : "")
                            .append(channel)
                            .append('=');
                }
                line.append(position);
            }
        });
        return line.length() == FIELD.length() ? null : line.append('\n').toString();
    }

    /** An encoded event with the id that this client is to send back; without one if its channel was not asked for. */
    Buffer follow(byte[] event) {
        if (!startsWithId(event)) {
            return Buffer.buffer(event);
        }
        int end = FIELD_BYTES.length;
        while (event[end] != '\n') {
            end++;
        }
        String line = new String(event, FIELD_BYTES.length, end - FIELD_BYTES.length, StandardCharsets.UTF_8);
        int equals = line.indexOf('=');
        boolean asked = byChannel.replace(line.substring(0, equals), line.substring(equals + 1)) != null;
        String id = asked ? line() : null;
        Buffer out = id == null ? Buffer.buffer(event.length) : Buffer.buffer(id);
        return out.appendBytes(event, end + 1, event.length - end - 1);
    }

    private static boolean startsWithId(byte[] event) {
        return event.length > FIELD_BYTES.length
                && Arrays.equals(event, 0, FIELD_BYTES.length, FIELD_BYTES, 0, FIELD_BYTES.length);
    }

    private static String encoded(String channel) {
        return URLEncoder.encode(channel, StandardCharsets.UTF_8);
    }

    private static String text(StreamPosition position) {
        return position.epoch() + ":" + position.offset();
    }
}
