package dev.carillon.transport.sse;

import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.Publication;
import dev.carillon.channel.WireForm;
import dev.carillon.presence.PresenceChange;
import dev.carillon.protocol.JsonFrames;
import dev.carillon.protocol.ServerFrame;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A channel's events as server-sent events: {@code message}, {@code join}, {@code leave}, each with the frame of
 * {@code carillon.v1.json} as its data. A publication with a position begins with a line
 * {@code id: channel=epoch:offset}, which each connection replaces by the id that its client sends back.
 */
final class SseWire implements WireForm {
    static final SseWire FORM = new SseWire();

    static final byte[] HEARTBEAT = ascii(":\n\n");

    private static final byte[] DATA = ascii("\ndata: ");

    private SseWire() {}

    @Override
    public byte[] encode(ChannelEvent event) {
        byte[] json = JsonFrames.encodeText(event);
        ByteArrayOutputStream out = new ByteArrayOutputStream(96 + json.length);
        if (event instanceof Publication publication && !publication.isEphemeral()) {
            out.writeBytes(SsePositions.line(publication.channel().value(), publication.position())
                    .getBytes(StandardCharsets.UTF_8));
            out.write('\n');
        }
        write(out, name(event), json);
        return out.toByteArray();
    }

    /** A reply or push as an event of its type. */
    static byte[] event(String name, ServerFrame frame) {
        return event(name, JsonFrames.encode(frame));
    }

    static byte[] event(String name, byte[] json) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64 + json.length);
        write(out, name, json);
        return out.toByteArray();
    }

    private static String name(ChannelEvent event) {
        return event instanceof PresenceChange change ? (change.joined() ? "join" : "leave") : "message";
    }

    private static void write(ByteArrayOutputStream out, String name, byte[] json) {
        out.writeBytes(ascii("event: " + name));
        out.writeBytes(DATA);
        int line = 0;
        for (int i = 0; i < json.length; i++) {
            if (json[i] == '\n' || json[i] == '\r') {
                out.write(json, line, i - line);
                out.writeBytes(DATA);
                line = i + 1;
            }
        }
        out.write(json, line, json.length - line);
        out.write('\n');
        out.write('\n');
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
