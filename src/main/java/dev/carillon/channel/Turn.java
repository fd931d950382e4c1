package dev.carillon.channel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one channel brought in one turn of an event loop, encoded for one form and shared by all its subscribers. Of a
 * turn that brought much there are several, because a socket that is stuck in one holds all of its {@link #joined()}.
 */
public final class Turn {
    /** Bytes after which another one is begun; only a single event can be larger. */
    static final int MAX_BYTES = 256 * 1024;

    private final ChannelName channel;
    private final List<SharedEvent> events;
    private final List<byte[]> frames;
    private final int bytes;
    private @Nullable ByteBuf joined;

    private Turn(ChannelName channel, List<SharedEvent> events, List<byte[]> frames, int bytes) {
        this.channel = channel;
        this.events = events;
        this.frames = frames;
        this.bytes = bytes;
    }

    /** Hands over what there is to show, in order; a turn is the receiver's only for the call. */
    static void each(ChannelName channel, WireForm form, List<SharedEvent> events, Consumer<Turn> to) {
        for (Turn turn : split(channel, form, events)) {
            try {
                to.accept(turn);
            } finally {
                turn.release();
            }
        }
    }

    /** What there is to show, in order; each turn is to be released. */
    static List<Turn> split(ChannelName channel, WireForm form, List<SharedEvent> events) {
        List<Turn> turns = new ArrayList<>(1);
        int taken = 0;
        while (taken < events.size()) {
            Turn turn = of(channel, form, taken == 0 ? events : events.subList(taken, events.size()));
            taken += turn.frames.size();
            if (turn.bytes > 0) {
                turns.add(turn);
            }
        }
        return turns;
    }

    /** Puts together as many events as fit, at least one if there is one. */
    static Turn of(ChannelName channel, WireForm form, List<SharedEvent> events) {
        List<byte[]> frames = new ArrayList<>(events.size());
        int bytes = 0;
        for (SharedEvent event : events) {
            byte[] frame = event.encoded(form);
            if (!frames.isEmpty() && bytes + frame.length > MAX_BYTES) {
                break;
            }
            frames.add(frame);
            bytes += frame.length;
        }
        return new Turn(channel, events, frames, bytes);
    }

    public ChannelName channel() {
        return channel;
    }

    /** The encoded events, in order; never changed. One that the form does not show is empty. */
    public List<byte[]> frames() {
        return frames;
    }

    /** The event that a frame encodes. */
    public SharedEvent event(int index) {
        return events.get(index);
    }

    /** All of them in one buffer that stays the turn's: write {@link ByteBuf#retainedDuplicate()} of it. */
    public ByteBuf joined() {
        ByteBuf buffer = joined;
        if (buffer == null) {
            buffer = ByteBufAllocator.DEFAULT.directBuffer(bytes, bytes);
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
