package dev.carillon.protocol;

import dev.carillon.channel.ChannelEvent;

/**
 * The codec of {@code carillon.v1.json}. Frames are read and written by hand; a publication's data passes through as
 * the bytes it came in. Stateless: safe on any thread.
 */
public final class JsonFrames {
    private JsonFrames() {}

    /**
     * Reads one frame; fields it does not know are ignored.
     *
     * @throws ProtocolException if the text is no frame; names the field, never quotes its value
     */
    public static ClientFrame decode(byte[] text) {
        throw new UnsupportedOperationException();
    }

    /** Writes a reply or push. */
    public static byte[] encode(ServerFrame frame) {
        throw new UnsupportedOperationException();
    }

    /** Writes a publication as {@code message}, a presence change as {@code join} or {@code leave}. */
    public static byte[] encode(ChannelEvent event) {
        throw new UnsupportedOperationException();
    }
}
