package dev.carillon.presence;

import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.ChannelName;

/**
 * A join or a leave.
 *
 * @param version of the member list after it; a subscriber that misses one asks for the list again
 */
public record PresenceChange(ChannelName channel, long version, boolean joined, Member member) implements ChannelEvent {
    @Override
    public boolean mayWait() {
        return true;
    }
}
