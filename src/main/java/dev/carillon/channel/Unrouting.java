package dev.carillon.channel;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells owners which channels nobody on this node wants any more, a few at a time: thousands of clients that go at once
 * leave a personal channel each. A channel that is wanted again by its turn stays as it is; the interest it was wanted
 * with is newer. One whose owner cannot be reached stays routed here until something comes on it. Confined to the loop.
 */
final class Unrouting {
    static final int MOST_UNDER_WAY = 16;

    private static final Logger LOG = LoggerFactory.getLogger(Unrouting.class);

    private final EventLoop loop;
    private final ChannelOwner owner;
    private final Interests interests;
    private final Queue<Unwanted> waiting = new ArrayDeque<>();
    private int underWay;
    private boolean going;

    /** @param interest from {@link Interests#remove} */
    private record Unwanted(ChannelName channel, long interest) {}

    Unrouting(EventLoop loop, ChannelOwner owner, Interests interests) {
        this.loop = loop;
        this.owner = owner;
        this.interests = interests;
    }

    /** Ends the routing of a channel to this node now, or when those before it had their turn. */
    void end(ChannelName channel, long interest) {
        waiting.add(new Unwanted(channel, interest));
        next();
    }

    // Not recursive: an owner may answer at once.
    private void next() {
        if (going) {
            return;
        }
        going = true;
        while (underWay < MOST_UNDER_WAY && !waiting.isEmpty()) {
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
