package dev.carillon.channel;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells owners which channels nobody on this node wants any more, after a pause and a few at a time: thousands of clients
 * that go at once leave a personal channel each, are back in a moment, and need the owners then. A channel that is wanted
 * again meanwhile stays as it is; the interest it was wanted with is newer. One on which something comes is given up at
 * once, by {@link Inbox}; one whose owner cannot be reached stays routed here until then. Confined to the loop.
 */
final class Unrouting {
    /** Nobody waits for it. */
    static final int AT_A_TIME = 2;

    /** Where that is too slow for all that go, what is left must not become more and more. */
    static final int MOST_UNDER_WAY = 16;

    static final long LATE_MILLIS = 5_000;

    /** Longer than most clients take to come back. */
    static final long PAUSE_MILLIS = 3_000;

    private static final Logger LOG = LoggerFactory.getLogger(Unrouting.class);

    private final EventLoop loop;
    private final ChannelOwner owner;
    private final Interests interests;
    private final LongSupplier clock;
    private final Queue<Unwanted> waiting = new ArrayDeque<>();
    private int underWay;
    private boolean going;
    private boolean scheduled;

    /** @param interest from {@link Interests#remove}
     * @param dueMillis of the clock, before which the owner is not told */
    private record Unwanted(ChannelName channel, long interest, long dueMillis) {}

    /** @param clock milliseconds on a clock that only goes forward */
    Unrouting(EventLoop loop, ChannelOwner owner, Interests interests, LongSupplier clock) {
        this.loop = loop;
        this.owner = owner;
        this.interests = interests;
        this.clock = clock;
    }

    /** Ends the routing of a channel to this node when its time has come, and those before it had their turn. */
    void end(ChannelName channel, long interest) {
        waiting.add(new Unwanted(channel, interest, clock.getAsLong() + PAUSE_MILLIS));
        schedule();
    }

    // Not recursive: an owner may answer at once.
    private void next() {
        if (going) {
            return;
        }
        going = true;
        long now = clock.getAsLong();
        while (mayBegin(now)) {
            Unwanted unwanted = waiting.remove();
            if (interests.of(unwanted.channel) != 0) {
                continue;
            }
            underWay++;
            owner.unsubscribe(unwanted.channel, unwanted.interest)
                    .onFailure(cause -> LOG.debug("{} stays routed here for a while", unwanted.channel, cause))
                    .onComplete(done -> home());
        }
        going = false;
        if (underWay < AT_A_TIME) {
            schedule();
        }
    }

    private boolean mayBegin(long now) {
        Unwanted first = waiting.peek();
        if (first == null || first.dueMillis > now) {
            return false;
        }
        return underWay < (now - first.dueMillis >= LATE_MILLIS ? MOST_UNDER_WAY : AT_A_TIME);
    }

    private void schedule() {
        if (!scheduled && !waiting.isEmpty()) {
            scheduled = true;
            long left = waiting.element().dueMillis - clock.getAsLong();
            loop.schedule(this::due, Math.max(1, left), TimeUnit.MILLISECONDS);
        }
    }

    private void due() {
        scheduled = false;
        next();
    }

    private void home() {
        if (loop.inEventLoop()) {
            ended();
        } else {
            loop.execute(this::ended);
        }
    }

    private void ended() {
        underWay--;
        next();
    }
}
