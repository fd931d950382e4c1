package dev.carillon.transport.websocket;

import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.Utf8;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A message that comes in several frames; exists only until its last one. */
final class Fragments {
    private final boolean isText;
    private final boolean isDeflated;
    private final @Nullable Utf8 text;
    private final int maxBytes;
    private byte[] bytes = {};
    private int size;

    Fragments(boolean isText, boolean isDeflated, int maxBytes) {
        this.isText = isText;
        this.isDeflated = isDeflated;
        this.text = isText && !isDeflated ? new Utf8() : null;
        this.maxBytes = maxBytes;
    }

    boolean isText() {
        return isText;
    }

    boolean isDeflated() {
        return isDeflated;
    }

    /** @return why the connection must be closed; null if all is well */
    @Nullable
    CloseCode add(ByteBuf piece, boolean last) {
        int more = piece.readableBytes();
        if (more > maxBytes - size) {
            return CloseCode.TOO_BIG;
        }
        if (text != null && (!text.accept(piece) || (last && !text.isComplete()))) {
            return CloseCode.INVALID_DATA;
        }
        if (bytes.length - size < more) {
            int grown = last ? size + more : Math.min(maxBytes, Math.max(size + more, bytes.length * 2));
            bytes = Arrays.copyOf(bytes, grown);
        }
        piece.getBytes(piece.readerIndex(), bytes, size, more);
        size += more;
        return null;
    }

    byte[] toBytes() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }
}
