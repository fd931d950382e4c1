package dev.carillon.transport.websocket;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.carillon.protocol.CloseCode;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** However a message is cut into frames, it is taken or refused as the whole of it would be. */
class FragmentsFuzzTest {
    private static final int MAX_BYTES = 200;

    /** @param frames the size of the first frame in a byte, then its bytes, and so on; the last may be cut short */
    @FuzzTest(maxDuration = "60s")
    void add(byte[] frames) {
        Fragments fragments = new Fragments(true, false, MAX_BYTES);
        ByteBuffer whole = ByteBuffer.allocate(frames.length);
        CloseCode refused = null;
        int at = 0;
        do {
            int size = at == frames.length ? 0 : frames[at++] & 0x3f;
            byte[] piece = Arrays.copyOfRange(frames, at, Math.min(frames.length, at + size));
            at += piece.length;
            whole.put(piece);
            refused = fragments.add(Unpooled.wrappedBuffer(piece), at == frames.length);
        } while (refused == null && at < frames.length);
        byte[] message = Arrays.copyOf(whole.array(), whole.position());

        if (refused == null && (message.length > MAX_BYTES || !isUtf8(message))) {
            throw new AssertionError("taken, though it is too long or no text");
        }
        if (refused == null && !Arrays.equals(fragments.toBytes(), message)) {
            throw new AssertionError("other bytes than came");
        }
        if (refused == CloseCode.TOO_BIG && message.length <= MAX_BYTES) {
            throw new AssertionError("refused, though it has room");
        }
        // What comes after a piece that is no text cannot make it one.
        if (refused == CloseCode.INVALID_DATA && isUtf8(message)) {
            throw new AssertionError("refused, though it is text");
        }
    }

    private static boolean isUtf8(byte[] message) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(message)) != null;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
