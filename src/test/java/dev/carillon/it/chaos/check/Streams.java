package dev.carillon.it.chaos.check;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Which publication each position holds, from whoever told first, and which of them were acknowledged. */
final class Streams {
    private final Map<Long, Stream> streams = new HashMap<>();

    private static final class Stream {
        long[] ids = new long[256];
        boolean[] acked = new boolean[256];
        int end;

        void room(int offset) {
            if (offset >= ids.length) {
                ids = Arrays.copyOf(ids, offset * 2);
                acked = Arrays.copyOf(acked, offset * 2);
            }
            end = Math.max(end, offset);
        }
    }

    /** Notes that a position holds a publication; returns the one that it was said to hold before, or the same. */
    long put(int channel, int epoch, long offset, long id, boolean acked) {
        Stream stream = streams.computeIfAbsent(key(channel, epoch), k -> new Stream());
        int at = Math.toIntExact(offset);
        stream.room(at);
        if (stream.ids[at] == 0) {
            stream.ids[at] = id;
        }
        stream.acked[at] |= acked;
        return stream.ids[at];
    }

    /** The highest acknowledged offset, 0 for none. */
    long lastAcked(int channel, int epoch) {
        Stream stream = streams.get(key(channel, epoch));
        if (stream == null) {
            return 0;
        }
        int at = stream.end;
        while (at > 0 && !stream.acked[at]) {
            at--;
        }
        return at;
    }

    /** How many acknowledged publications there are after one offset, up to another. */
    int acked(int channel, int epoch, long after, long upTo) {
        Stream stream = streams.get(key(channel, epoch));
        int count = 0;
        for (long at = after + 1; stream != null && at <= Math.min(upTo, stream.end); at++) {
            if (stream.acked[(int) at]) {
                count++;
            }
        }
        return count;
    }

    /** The id of the first acknowledged publication after an offset, 0 for none. */
    long firstAcked(int channel, int epoch, long after) {
        Stream stream = streams.get(key(channel, epoch));
        for (long at = after + 1; stream != null && at <= stream.end; at++) {
            if (stream.acked[(int) at]) {
                return stream.ids[(int) at];
            }
        }
        return 0;
    }

    /** Streams that hold something. */
    int count() {
        return streams.size();
    }

    private static long key(int channel, int epoch) {
        return (long) channel << 32 | epoch;
    }
}
