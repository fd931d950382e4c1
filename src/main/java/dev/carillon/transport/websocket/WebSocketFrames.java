package dev.carillon.transport.websocket;

import dev.carillon.protocol.CloseCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes unmasked, unfragmented WebSocket frames. */
public final class WebSocketFrames {
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final int FINAL = 0x80;
    private static final int MAX_SHORT = 125;
    private static final int MAX_MEDIUM = 0xffff;

    private WebSocketFrames() {}

    public static byte[] text(byte[] payload) {
        return encoded(TEXT, payload);
    }

    public static byte[] binary(byte[] payload) {
        return encoded(BINARY, payload);
    }

    /** @param opcode with the reserved bits that are to be set */
    static byte[] encoded(int opcode, byte[] payload) {
        byte[] frame = new byte[headerSize(payload.length) + payload.length];
        int unused = put(frame, 0, opcode, payload);
        return frame;
    }

    /** A text message and a binary one, one after the other. */
    static byte[] pair(byte[] text, byte[] bytes) {
        byte[] frames = new byte[headerSize(text.length) + text.length + headerSize(bytes.length) + bytes.length];
        int next = put(frames, 0, TEXT, text);
        int unused = put(frames, next, BINARY, bytes);
        return frames;
    }

    static ByteBuf buffer(ByteBufAllocator allocator, int opcode, byte[] payload) {
        int size = headerSize(payload.length) + payload.length;
        ByteBuf buffer = allocator.directBuffer(size, size).writeByte(FINAL | opcode);
        if (payload.length <= MAX_SHORT) {
            buffer = buffer.writeByte(payload.length);
        } else if (payload.length <= MAX_MEDIUM) {
            buffer = buffer.writeByte(126).writeShort(payload.length);
        } else {
            buffer = buffer.writeByte(127).writeLong(payload.length);
        }
        return buffer.writeBytes(payload);
    }

    static ByteBuf close(ByteBufAllocator allocator, CloseCode code) {
        byte[] reason = code.reason().getBytes(StandardCharsets.UTF_8);
        byte[] payload = new byte[2 + reason.length];
        payload[0] = (byte) (code.code() >> 8);
        payload[1] = (byte) code.code();
        System.arraycopy(reason, 0, payload, 2, reason.length);
        return buffer(allocator, CLOSE, payload);
    }

    /** Of a frame that was written here. */
    static int headerSizeAt(byte[] frames, int start) {
        return headerSize(payloadSizeAt(frames, start));
    }

    /** Likewise. */
    static int payloadSizeAt(byte[] frames, int start) {
        int size = frames[start + 1];
        if (size == 126) {
            return ((frames[start + 2] & 0xff) << 8) | (frames[start + 3] & 0xff);
        }
        return size == 127 ? ByteBuffer.wrap(frames).getInt(start + 6) : size;
    }

    private static int headerSize(int payload) {
        if (payload <= MAX_SHORT) {
            return 2;
        }
        return payload <= MAX_MEDIUM ? 4 : 10;
    }

    /** @return the index after the frame */
    private static int put(byte[] to, int at, int opcode, byte[] payload) {
        int size = payload.length;
        int next = at;
        to[next++] = (byte) (FINAL | opcode);
        if (size <= MAX_SHORT) {
            to[next++] = (byte) size;
        } else if (size <= MAX_MEDIUM) {
            to[next++] = 126;
            to[next++] = (byte) (size >> 8);
            to[next++] = (byte) size;
        } else {
            to[next++] = 127;
            next += 4;
            to[next++] = (byte) (size >> 24);
            to[next++] = (byte) (size >> 16);
            to[next++] = (byte) (size >> 8);
            to[next++] = (byte) size;
        }
        System.arraycopy(payload, 0, to, next, size);
        return next + size;
    }
}
