package dev.carillon.channel;

/**
 * A socket, as the hub sees it. All calls come on the subscriber's own event loop. A write must not block: a subscriber
 * whose queue is full closes itself by its namespace's slow-consumer policy.
 */
public abstract class Subscriber {
    /** Whether this turn of the loop wrote to it; the hub's own mark, so that a socket is flushed once a turn. */
    boolean touched;

    /** How events are encoded for it; the same instance for all subscribers of a kind. */
    public abstract WireForm form();

    /** Writes without flushing what one channel brought in this turn. */
    public abstract void write(Turn turn);

    /** Ends a turn: what was written goes out. */
    public abstract void flush();

    /** A subscription ended: what still waits of the channel is not sent any more. */
    public void left(ChannelName channel) {}

    /** The channel's stream cannot be continued without a hole; the subscription has ended. */
    public abstract void positionLost(ChannelName channel);
}
