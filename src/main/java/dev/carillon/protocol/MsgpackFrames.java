package dev.carillon.protocol;

import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.Publication;

/**
 * The codec of {@code carillon.v1.msgpack}: each frame is a MessagePack map with the fields that it has in JSON. What a
 * publication carries is JSON inside the node, so that subscribers of both forms see the same; bytes are a {@code bin} in
 * {@code data}, beside their {@code meta}. Stateless: safe on any thread.
 */
public final class MsgpackFrames {
    private MsgpackFrames() {}

    /**
     * Reads one frame; fields it does not know are ignored.
     *
     * @throws ProtocolException if the bytes are no frame; names the field, never quotes its value
     */
    public static ClientFrame decode(byte[] message) {
        MsgpackReader in = MsgpackReader.read(message);
        ClientFrame frame = JsonFrames.decode(in.json());
        byte[] bytes = in.data();
        if (frame instanceof ClientFrame.BinaryAhead ahead) {
            if (bytes == null) {
                throw ProtocolException.field("binary", ahead.id(), "is for JSON: give the bytes in data");
            }
            return ahead.with(bytes);
        }
        if (bytes != null) {
            throw ProtocolException.field("data", frame.id(), "must not be bytes");
        }
        return frame;
    }

    /** Writes a reply or push. */
    public static byte[] encode(ServerFrame frame) {
        return MsgpackWriter.pack(JsonFrames.encode(frame), null);
    }

    /** Writes a publication as {@code message}, a presence change as {@code join} or {@code leave}, a {@code gap}. */
    public static byte[] encode(ChannelEvent event) {
        boolean binary =
                event instanceof Publication publication && publication.data().isBinary();
        return MsgpackWriter.pack(
                JsonFrames.encode(event), binary ? ((Publication) event).data().bytes() : null);
    }
}
