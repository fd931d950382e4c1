package dev.carillon.it.chaos.history;

import java.util.ArrayList;
import java.util.List;

/** Records of four numbers in the order they came, 32 bytes each. Written by one thread, read once that is done. */
final class Records {
    private static final int WIDTH = 4;
    private static final int CHUNK = WIDTH * 256;

    private final List<long[]> chunks = new ArrayList<>();
    private long[] last = new long[0];
    private int used;

    /** Takes a record: head, two values, and a time. */
    interface Reader {
        void record(long head, long first, long second, long atNanos);
    }

    void add(long head, long first, long second, long atNanos) {
        if (used == last.length) {
            last = new long[CHUNK];
            chunks.add(last);
            used = 0;
        }
        last[used] = head;
        last[used + 1] = first;
        last[used + 2] = second;
        last[used + 3] = atNanos;
        used += WIDTH;
    }

    void read(Reader reader) {
        for (long[] chunk : chunks) {
            int end = chunk == last ? used : CHUNK;
            for (int i = 0; i < end; i += WIDTH) {
                reader.record(chunk[i], chunk[i + 1], chunk[i + 2], chunk[i + 3]);
            }
        }
    }
}
