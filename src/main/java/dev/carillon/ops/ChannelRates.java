package dev.carillon.ops;

import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.PublisherListener;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * How much is published on each channel through this node. Counts by windows of some seconds, and tells of the last whole
 * one and what there is of the next. Safe on any thread.
 */
final class ChannelRates implements PublisherListener {
    /** Channels of one window; publications on more are not counted. */
    static final int MAX_CHANNELS = 10_000;

    static final long WINDOW_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private final LongSupplier ticker;
    private volatile Windows windows;

    private record Windows(
            Map<ChannelName, LongAdder> before,
            long beforeMillis,
            ConcurrentHashMap<ChannelName, LongAdder> now,
            long since) {}

    /** @param ticker milliseconds on a clock that only goes forward */
    ChannelRates(LongSupplier ticker) {
        this.ticker = ticker;
        windows = new Windows(Map.of(), 0, new ConcurrentHashMap<>(), ticker.getAsLong());
    }

    @Override
    public void accepted(ChannelName channel, Draft draft, Ack ack) {
        if (ack.duplicate()) {
            return;
        }
        Map<ChannelName, LongAdder> now = turned().now();
        LongAdder count = now.get(channel);
        if (count == null) {
            if (now.size() >= MAX_CHANNELS) {
                return;
            }
            count = now.computeIfAbsent(channel, name -> new LongAdder());
        }
        count.increment();
    }

    /** Publications in a second, by channel. */
    Map<ChannelName, Double> all() {
        Windows seen = turned();
        double seconds = Math.max(1000, seen.beforeMillis() + ticker.getAsLong() - seen.since()) / 1000.0;
        Map<ChannelName, Double> rates = new HashMap<>();
        for (Map<ChannelName, LongAdder> window : List.of(seen.before(), seen.now())) {
            window.forEach((channel, count) -> rates.merge(channel, count.sum() / seconds, Double::sum));
        }
        return rates;
    }

    private Windows turned() {
        Windows seen = windows;
        return ticker.getAsLong() - seen.since() < WINDOW_MILLIS ? seen : turn();
    }

    private synchronized Windows turn() {
        Windows seen = windows;
        long now = ticker.getAsLong();
        long passed = now - seen.since();
        if (passed >= WINDOW_MILLIS) {
            // One that ended long ago says nothing of now.
            boolean recent = passed < 2 * WINDOW_MILLIS;
            seen = new Windows(recent ? seen.now() : Map.of(), recent ? passed : 0, new ConcurrentHashMap<>(), now);
            windows = seen;
        }
        return seen;
    }
}
