package dev.carillon.transport.http;

import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.Publication;
import dev.carillon.channel.WireForm;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.JsonFrames;
import dev.carillon.protocol.ServerFrame;
import dev.carillon.transport.EventText;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Frames of {@code carillon.v1.json} as server-sent events, one each. Of a binary publication the event is
 * {@code binary}, and its last line of data holds the bytes in base64.
 */
final class HttpWire implements WireForm {
    static final HttpWire FORM = new HttpWire();

    private HttpWire() {}

    @Override
    public byte[] encode(ChannelEvent event) {
        byte[] json = JsonFrames.encode(event);
        if (event instanceof Publication publication && publication.data().isBinary()) {
            byte[] base64 = Base64.getEncoder().encode(publication.data().bytes());
            ByteArrayOutputStream out = new ByteArrayOutputStream(32 + json.length + base64.length);
            out.writeBytes("event: binary\n".getBytes(StandardCharsets.US_ASCII));
            EventText.data(out, json);
            EventText.data(out, base64);
            EventText.end(out);
            return out.toByteArray();
        }
        return text(json);
    }

    static byte[] frame(ServerFrame frame) {
        return text(JsonFrames.encode(frame));
    }

    /** The first event of a session; no frame. */
    static byte[] open(JsonObject told) {
        return named("open", told);
    }

    /** The last event of a session; no frame. */
    static byte[] close(CloseCode code) {
        return named("close", new JsonObject().put("code", code.code()).put("reason", code.reason()));
    }

    private static byte[] text(byte[] json) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(16 + json.length);
        EventText.data(out, json);
        EventText.end(out);
        return out.toByteArray();
    }

    private static byte[] named(String name, JsonObject data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(128);
        EventText.write(out, name, data.toBuffer().getBytes());
        return out.toByteArray();
    }
}
