package dev.carillon.channel;

import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which event loops of this node have subscribers, by channel. Every change draws a growing number, the interest; the
 * owner keeps the newest, so that routing and unrouting of this node may arrive in any order. Safe on any thread.
 */
public final class Interests {
    /** One bit per loop. */
    public static final int MAX_LOOPS = Long.SIZE;

    private final ConcurrentHashMap<ChannelName, Long> loops = new ConcurrentHashMap<>();
    private final AtomicLong clock = new AtomicLong();

    /** Notes that a loop wants the channel; returns the interest to route with. */
    long add(ChannelName channel, int loop) {
        long[] interest = new long[1];
        loops.compute(channel, (name, mask) -> {
            interest[0] = clock.incrementAndGet();
            return (mask == null ? 0 : mask) | 1L << loop;
        });
        return interest[0];
    }

    /** Notes that a loop no longer wants the channel; returns the interest to unroute with if no other loop does. */
    OptionalLong remove(ChannelName channel, int loop) {
        long[] interest = new long[1];
        loops.computeIfPresent(channel, (name, mask) -> {
            long left = mask & ~(1L << loop);
            if (left != 0) {
                return left;
            }
            interest[0] = clock.incrementAndGet();
            return null;
        });
        return interest[0] == 0 ? OptionalLong.empty() : OptionalLong.of(interest[0]);
    }

    /** The loops that want the channel, one bit each. */
    long of(ChannelName channel) {
        Long mask = loops.get(channel);
        return mask == null ? 0 : mask;
    }

    /** An interest that unroutes a channel nobody here wants, or nothing if somebody does. */
    OptionalLong disclaim(ChannelName channel) {
        long[] interest = new long[1];
        Long mask = loops.compute(channel, (name, now) -> {
            if (now == null) {
                interest[0] = clock.incrementAndGet();
            }
            return now;
        });
        return mask == null ? OptionalLong.of(interest[0]) : OptionalLong.empty();
    }

    /** Channels with subscribers on this node. */
    public int channels() {
        return loops.size();
    }
}
