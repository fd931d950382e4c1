package dev.carillon.session;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import java.util.Set;

/**
 * The operators' channels, {@code $…}: no owner keeps them, every node knows which of them somebody listens to, and where.
 * Safe on any thread.
 */
public interface Watched {
    /** Those that somebody in the cluster listens to; a field's read. */
    Set<ChannelName> now();

    /** Tells of each change, on any thread; to be called before the node is in the cluster. */
    void onChange(Runnable changed);

    /** Sends to all who listen, on whatever node; at most once, in order per caller, nothing if nobody does. */
    void publish(ChannelName channel, Payload data);
}
