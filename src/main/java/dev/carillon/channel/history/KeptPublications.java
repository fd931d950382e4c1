package dev.carillon.channel.history;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest publications of a stream as bytes in a chain of arrays, not as objects. A history is old, and each new object
 * that an old one refers to has to be found and copied by the next collection; bytes are written where they stay. They
 * also need less memory. Without their offsets, which have no holes. Not thread-safe.
 */
final class KeptPublications {
    /** Of an array, unless one publication needs more; so little that the last one's empty rest does not matter. */
    static final int SEGMENT_BYTES = 4096;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** An entry begins with its length, when it was taken and what it has, and ends with its data. */
    private static final int TIME = Integer.BYTES;

    private static final int PARTS = TIME + Long.BYTES;
    private static final int HEAD = PARTS + 1;

    private static final int BINARY = 1;
    private static final int USER = 2;
    private static final int TRACE = 4;

    private @Nullable Segment first;
    private @Nullable Segment last;

    /** One that was emptied, for the next that is needed. */
    private @Nullable Segment spare;

    private int size;

    /** An array with whole entries between two places; once there is another behind it nothing is added. */
    private static final class Segment {
        private byte[] bytes;
        private int from;
        private int to;
        private int entries;
        private @Nullable Segment next;

        Segment(int capacity) {
            bytes = new byte[capacity];
        }

        /** Makes room for an entry, by moving what is left to the front or into a larger array; whether it could. */
        boolean makeRoom(int length) {
            if (to + length <= bytes.length) {
                return true;
            }
            int needed = to - from + length;
            if (needed > SEGMENT_BYTES) {
                return false;
            }
            // Moved only if that makes room for long, so that each entry is moved but a few times.
            boolean enough = needed <= bytes.length - bytes.length / 4;
            byte[] into = enough
                    ? bytes
                    : new byte[Math.min(SEGMENT_BYTES, Math.max(needed, bytes.length + bytes.length / 2))];
            System.arraycopy(bytes, from, into, 0, to - from);
            bytes = into;
            to -= from;
            from = 0;
            return true;
        }

        int lengthAt(int at) {
            return (int) INT.get(bytes, at);
        }
    }

    int size() {
        return size;
    }

    /** When the oldest was taken, in milliseconds since 1970; there must be one. */
    long firstMillis() {
        Segment oldest = oldest();
        return (long) LONG.get(oldest.bytes, oldest.from + TIME);
    }

    void add(Draft draft) {
        add(draft.data(), draft.userId(), draft.timestampMillis(), draft.traceparent());
    }

    void add(Payload data, @Nullable String userId, long millis, @Nullable String traceparent) {
        byte @Nullable [] user = utf8(userId);
        byte @Nullable [] trace = utf8(traceparent);
        byte @Nullable [] meta = data.isBinary() ? data.json() : null;
        byte[] content = data.isBinary() ? data.bytes() : data.json();
        int length = HEAD + behindLength(user) + behindLength(trace) + behindLength(meta) + content.length;
        Segment into = withRoom(length);
        byte[] bytes = into.bytes;
        int at = into.to;
        INT.set(bytes, at, length);
        LONG.set(bytes, at + TIME, millis);
        bytes[at + PARTS] =
                (byte) ((meta == null ? 0 : BINARY) | (user == null ? 0 : USER) | (trace == null ? 0 : TRACE));
        int next = put(bytes, put(bytes, put(bytes, at + HEAD, user), trace), meta);
        System.arraycopy(content, 0, bytes, next, content.length);
        into.to = at + length;
        into.entries++;
        size++;
    }

    /** Drops the oldest; there must be one. */
    void removeFirst() {
        Segment oldest = oldest();
        oldest.from += oldest.lengthAt(oldest.from);
        oldest.entries--;
        size--;
        if (oldest.entries == 0) {
            emptied(oldest);
        }
    }

    private void emptied(Segment oldest) {
        oldest.from = 0;
        oldest.to = 0;
        if (oldest.bytes.length > SEGMENT_BYTES) {
            first = oldest.next;
            last = first == null ? null : last;
        } else if (oldest.next != null) {
            first = oldest.next;
            oldest.next = null;
            spare = oldest.bytes.length == SEGMENT_BYTES ? oldest : spare;
        }
    }

    /**
     * Some of them, oldest first.
     *
     * @param skip how many older ones there are
     * @param count not more than there are behind those
     * @param position of the newest of all
     */
    List<Publication> read(int skip, int count, ChannelName channel, StreamPosition position) {
        List<Publication> read = new ArrayList<>(count);
        long offset = position.offset() - size;
        int left = skip;
        for (Segment segment = first; segment != null && read.size() < count; segment = segment.next) {
            if (left >= segment.entries) {
                left -= segment.entries;
                continue;
            }
            for (int at = segment.from; at < segment.to && read.size() < count; at += segment.lengthAt(at)) {
                if (left > 0) {
                    left--;
                } else {
                    long next = offset + skip + read.size() + 1;
                    read.add(publication(segment, at, channel, new StreamPosition(position.epoch(), next)));
                }
            }
        }
        return read;
    }

    private Segment oldest() {
        Segment oldest = first;
        if (oldest == null || size == 0) {
            throw new IllegalStateException("nothing is kept");
        }
        return oldest;
    }

    private Segment withRoom(int length) {
        Segment newest = last;
        if (newest != null && newest.makeRoom(length)) {
            return newest;
        }
        Segment begun = spare;
        if (begun == null || length > SEGMENT_BYTES) {
            begun = new Segment(newest == null ? length : Math.max(length, SEGMENT_BYTES));
        } else {
            spare = null;
        }
        if (newest == null || size == 0) {
            first = begun;
        } else {
            newest.next = begun;
        }
        last = begun;
        return begun;
    }

    private static Publication publication(Segment segment, int entry, ChannelName channel, StreamPosition position) {
        byte[] bytes = segment.bytes;
        int parts = bytes[entry + PARTS];
        int at = entry + HEAD;
        String user = null;
        if ((parts & USER) != 0) {
            user = text(bytes, at);
            at = behind(bytes, at);
        }
        String trace = null;
        if ((parts & TRACE) != 0) {
            trace = text(bytes, at);
            at = behind(bytes, at);
        }
        byte[] meta = null;
        if ((parts & BINARY) != 0) {
            int length = (int) INT.get(bytes, at);
            meta = new byte[length];
            System.arraycopy(bytes, at + Integer.BYTES, meta, 0, length);
            at = behind(bytes, at);
        }
        byte[] content = new byte[entry + segment.lengthAt(entry) - at];
        System.arraycopy(bytes, at, content, 0, content.length);
        Payload data = meta == null ? Payload.json(content) : Payload.binary(meta, content);
        return new Publication(channel, position, data, user, (long) LONG.get(bytes, entry + TIME), trace);
    }

    private static byte @Nullable [] utf8(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static int behindLength(byte @Nullable [] part) {
        return part == null ? 0 : Integer.BYTES + part.length;
    }

    /** Writes a part behind its length, if there is one; where the next begins. */
    private static int put(byte[] bytes, int at, byte @Nullable [] part) {
        if (part == null) {
            return at;
        }
        INT.set(bytes, at, part.length);
        System.arraycopy(part, 0, bytes, at + Integer.BYTES, part.length);
        return at + Integer.BYTES + part.length;
    }

    private static String text(byte[] bytes, int at) {
        return new String(bytes, at + Integer.BYTES, (int) INT.get(bytes, at), StandardCharsets.UTF_8);
    }

    private static int behind(byte[] bytes, int at) {
        return at + Integer.BYTES + (int) INT.get(bytes, at);
    }
}
