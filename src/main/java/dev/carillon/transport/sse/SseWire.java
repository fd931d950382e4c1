package dev.carillon.transport.sse;

import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.Gap;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.WireForm;
import dev.carillon.presence.PresenceChange;
import dev.carillon.protocol.JsonFrames;
import dev.carillon.protocol.ServerFrame;
import dev.carillon.transport.EventText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A channel's events as server-sent events: {@code message}, {@code join}, {@code leave}, {@code gap}, each with the frame of
 * {@code carillon.v1.json} as its data. A publication or gap with a position begins with a line
 * {@code id: channel=epoch:offset}, which each connection replaces by the id that its client sends back.
 */
final class SseWire implements WireForm {
    static final SseWire FORM = new SseWire();

    private SseWire() {}

    @Override
    public byte[] encode(ChannelEvent event) {
        byte[] json = JsonFrames.encodeText(event);
        ByteArrayOutputStream out = new ByteArrayOutputStream(96 + json.length);
        StreamPosition position = position(event);
        if (!position.equals(StreamPosition.NONE)) {
            out.writeBytes(SsePositions.line(event.channel().value(), position).getBytes(StandardCharsets.UTF_8));
            out.write('\n');
        }
        EventText.write(out, name(event), json);
        return out.toByteArray();
    }

    /** Where a channel stands, as an event that only has an id; nothing in an ephemeral namespace. */
    static byte[] standing(String channel, StreamPosition position) {
        return position.equals(StreamPosition.NONE)
                ? new byte[0]
                : (SsePositions.line(channel, position) + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    /** A reply or push as an event of its type. */
    static byte[] event(String name, ServerFrame frame) {
        return event(name, JsonFrames.encode(frame));
    }

    static byte[] event(String name, byte[] json) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64 + json.length);
        EventText.write(out, name, json);
        return out.toByteArray();
    }

    // After a gap a client comes back from behind it: it was told.
    private static StreamPosition position(ChannelEvent event) {
        if (event instanceof Publication publication) {
            return publication.position();
        }
        return event instanceof Gap gap ? gap.last() : StreamPosition.NONE;
    }

    private static String name(ChannelEvent event) {
        if (event instanceof PresenceChange change) {
            return change.joined() ? "join" : "leave";
        }
        return event instanceof Gap ? "gap" : "message";
    }
}
