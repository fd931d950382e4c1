package dev.carillon.channel;

import org.jspecify.annotations.Nullable;

/**
 * A socket, as the hub sees it. All calls come on the subscriber's own event loop. A write must not block: a subscriber
 * whose queue is full closes itself by its namespace's slow-consumer policy.
 */
public abstract class Subscriber {
    /** Whether this turn of the loop brought it something; the hub's own mark, so that a socket is flushed once a turn. */
    boolean touched;

    /** What it was brought while that is of one channel only, and not written yet; null otherwise. */
    @Nullable
    Turn only;

    /** How events are encoded for it; the same instance for all subscribers of a kind. */
    public abstract WireForm form();

    /** Writes without flushing what one channel brought in this turn. */
    public abstract void write(Turn turn);

    /** Ends a turn: what was written goes out. */
    public abstract void flush();

    /** Both at once, for a turn of the loop in which one channel brought something. To be overridden by what can do it for less. */
    public void writeAndFlush(Turn turn) {
        write(turn);
        flush();
    }

    /** A subscription ended: what still waits of the channel is not sent any more. */
    public void left(ChannelName channel) {}

    /** The channel's stream cannot be continued without a hole; the subscription has ended. */
    public abstract void positionLost(ChannelName channel);
}
