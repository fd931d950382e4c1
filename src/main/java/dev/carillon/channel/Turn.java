package dev.carillon.channel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one channel brought in one turn of an event loop, encoded for one form and shared by all its subscribers. */
public final class Turn {
    private final List<byte[]> frames;
    private @Nullable ByteBuf joined;

    Turn(List<byte[]> frames) {
        this.frames = frames;
    }

    /** The encoded events, in order; never changed. */
    public List<byte[]> frames() {
        return frames;
    }

    /** All of them in one buffer that stays the turn's: write {@link ByteBuf#retainedDuplicate()} of it. */
    public ByteBuf joined() {
        ByteBuf buffer = joined;
        if (buffer == null) {
            int size = 0;
            for (byte[] frame : frames) {
                size += frame.length;
            }
            buffer = ByteBufAllocator.DEFAULT.directBuffer(size, size);
            for (byte[] frame : frames) {
                buffer.writeBytes(frame);
            }
            joined = buffer;
        }
        return buffer;
    }

    /** Ends the turn's own use of the buffer; sockets that still write it hold it. */
    void release() {
        if (joined != null) {
            joined.release();
            joined = null;
        }
    }
}
