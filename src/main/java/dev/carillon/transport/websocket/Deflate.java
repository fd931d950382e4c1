package dev.carillon.transport.websocket;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Messages of permessage-deflate (RFC 7692) without context takeover: each stands for itself, so that one deflated message
 * serves all sockets, and no socket holds a window. Safe on any thread.
 */
final class Deflate {
    /** The reserved bit that says that a message is deflated, as it stands in a frame's first byte. */
    static final int RSV1 = 0x40;

    private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};
    private static final ThreadLocal<Deflater> DEFLATER =
            ThreadLocal.withInitial(() -> new Deflater(Deflater.DEFAULT_COMPRESSION, true));
    private static final ThreadLocal<Inflater> INFLATER = ThreadLocal.withInitial(() -> new Inflater(true));

    private Deflate() {}

    /**
     * Deflates what is large of some frames.
     *
     * @param plain whole frames, each a message
     * @param above payloads of at most so many bytes stay as they are, and those that would not become smaller
     */
    static byte[] frames(byte[] plain, int above) {
        if (plain.length <= above) {
            return plain;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length);
        int start = 0;
        while (start < plain.length) {
            int payload = start + WebSocketFrames.headerSizeAt(plain, start);
            int end = payload + WebSocketFrames.payloadSizeAt(plain, start);
            byte[] deflated = end - payload > above ? deflate(plain, payload, end - payload) : null;
            if (deflated != null && deflated.length < end - payload) {
                out.writeBytes(WebSocketFrames.encoded(RSV1 | (plain[start] & 0xf), deflated));
            } else {
                out.write(plain, start, end - start);
            }
            start = end;
        }
        return out.toByteArray();
    }

    private static byte[] deflate(byte[] bytes, int start, int size) {
        Deflater deflater = DEFLATER.get();
        deflater.reset();
        deflater.setInput(bytes, start, size);
        byte[] out = new byte[size / 2 + 64];
        int written = 0;
        while (true) {
            written += deflater.deflate(out, written, out.length - written, Deflater.SYNC_FLUSH);
            if (written < out.length) {
                return Arrays.copyOf(out, written - TAIL.length);
            }
            out = Arrays.copyOf(out, 2 * out.length);
        }
    }

    /**
     * @param maxBytes what is inflated at most, whatever a message would become
     * @return null if it would become larger
     * @throws DataFormatException if it is not deflated
     */
    static byte @Nullable [] inflate(byte[] message, int maxBytes) throws DataFormatException {
        Inflater inflater = INFLATER.get();
        inflater.reset();
        byte[] out = new byte[(int) Math.min(maxBytes + 1L, 4L * message.length + 64)];
        int size = 0;
        for (byte[] part : new byte[][] {message, TAIL}) {
            inflater.setInput(part);
            int more;
            do {
                if (size == out.length) {
                    out = Arrays.copyOf(out, (int) Math.min(maxBytes + 1L, 2L * out.length));
                }
                more = inflater.inflate(out, size, out.length - size);
                size += more;
                if (inflater.needsDictionary()) {
                    throw new DataFormatException("a dictionary is asked for");
                }
                if (size > maxBytes) {
                    return null;
                }
            } while (more > 0);
        }
        return Arrays.copyOf(out, size);
    }
}
