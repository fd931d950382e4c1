package dev.carillon.channel;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Holds back turns of channels that brought nothing but what may wait: one at once, then those of {@link #MILLIS}
 * together. When a hundred members of a channel go and come back, each of a hundred would be written to two hundred
 * times; Phoenix's presence gathers its diffs likewise, for 1.5 s. Whatever may not wait takes with it what does, in
 * the order it came. Confined to the loop.
 */
final class Gathering {
    static final int MILLIS = 200;

    private final EventLoop loop;
    private final LongSupplier clock;
    private final Consumer<LocalChannel> end;
    private List<LocalChannel> waiting = new ArrayList<>();

    /**
     * @param clock milliseconds on a clock that only goes forward
     * @param end ends a channel's turn
     */
    Gathering(EventLoop loop, LongSupplier clock, Consumer<LocalChannel> end) {
        this.loop = loop;
        this.clock = clock;
        this.end = end;
    }

    /** Whether a channel is to wait with what events have brought it; its turn is ended in time then. */
    boolean holds(LocalChannel channel, List<SharedEvent> events) {
        for (SharedEvent event : events) {
            if (!event.event().mayWait()) {
                return false;
            }
        }
        if (channel.gathers) {
            return true;
        }
        long now = clock.getAsLong();
        if (now - channel.gatheredAt >= MILLIS) {
            channel.gatheredAt = now;
            return false;
        }
        channel.gathers = true;
        if (waiting.isEmpty()) {
            loop.schedule(this::end, MILLIS, TimeUnit.MILLISECONDS);
        }
        waiting.add(channel);
        return true;
    }

    private void end() {
        List<LocalChannel> ended = waiting;
        waiting = new ArrayList<>();
        long now = clock.getAsLong();
        for (LocalChannel channel : ended) {
            channel.gathers = false;
            channel.gatheredAt = now;
            end.accept(channel);
        }
    }
}
