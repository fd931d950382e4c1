package dev.carillon.it.chaos.check;

import dev.carillon.it.chaos.history.SubscriberEvents;
import java.util.HashSet;
import java.util.Set;

/** Counts one subscriber's connections, and how long each took to be where the last one was. */
final class ConnectionCounts implements SubscriberEvents {
    private final Counts counts;
    private final Set<Integer> joined = new HashSet<>();
    private final Set<Integer> awaited = new HashSet<>();
    private boolean opened;
    private long begunAt;
    private long lostAt;

    ConnectionCounts(Counts counts) {
        this.counts = counts;
    }

    @Override
    public void opened(long at, long begun, int place) {
        if (opened) {
            counts.reconnects++;
            awaited.addAll(joined);
        }
        opened = true;
        begunAt = begun;
    }

    @Override
    public void closed(long at, int code) {
        counts.closes.merge(code, 1L, Long::sum);
        lostAt = at;
    }

    @Override
    public void subscribed(
            long at, int channel, int epoch, long offset, boolean asked, boolean recovered, int replayed) {
        joined.add(channel);
        if (awaited.remove(channel) && awaited.isEmpty()) {
            counts.longestCatchUpNanos = Math.max(counts.longestCatchUpNanos, at - begunAt);
            counts.longestOutageNanos = Math.max(counts.longestOutageNanos, at - lostAt);
        }
    }
}
