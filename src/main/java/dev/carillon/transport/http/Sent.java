package dev.carillon.transport.http;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The newest frames that were written to a client, kept in case that they are lost with the response that carried them.
 * The bytes are shared with all other sockets. Confined to its event loop.
 */
final class Sent {
    private final int maxBytes;
    private final Queue<byte[]> newest = new ArrayDeque<>();
    private long count;
    private long bytes;

    /** @param maxBytes that are kept; of a larger frame that one alone */
    Sent(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    void add(byte[] frame) {
        newest.add(frame);
        count++;
        bytes += frame.length;
        while (bytes > maxBytes && newest.size() > 1) {
            bytes -= newest.remove().length;
        }
    }

    /** What was written after so many frames; null if not all of it is kept, or never was written. */
    @Nullable
    List<byte[]> after(long frames) {
        long missed = count - frames;
        return missed < 0 || missed > newest.size()
                ? null
                : newest.stream().skip(newest.size() - missed).toList();
    }
}
