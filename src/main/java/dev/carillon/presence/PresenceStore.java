package dev.carillon.presence;

import dev.carillon.channel.ChannelName;
import io.vertx.core.Future;

/**
 * The members of every channel, kept at the channel's owner. A change is told to all nodes with subscribers, which put
 * what comes in order and read from the owner what does not. Futures fail with
 * {@link dev.carillon.channel.UnavailableException} while the owner cannot be reached. Members of a node that died are
 * removed by a survivor, and their leaves told once.
 */
public interface PresenceStore {
    /** Adds a session; again with the same session id it changes nothing. */
    Future<Void> join(ChannelName channel, Member member);

    /** Removes a session; nothing happens if it is not there. */
    Future<Void> leave(ChannelName channel, String sessionId);

    Future<PresenceSnapshot> snapshot(ChannelName channel);
}
