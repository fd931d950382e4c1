package dev.carillon.presence;

import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.StreamPosition;

/**
 * A join or a leave.
 *
 * @param epoch of the member list: another one when the list was lost; empty if a node of the version before told it
 * @param version of the list after it; a subscriber that misses one asks for the list again
 */
public record PresenceChange(ChannelName channel, String epoch, long version, boolean joined, Member member)
        implements ChannelEvent {
    @Override
    public StreamPosition position() {
        return epoch.isEmpty() ? StreamPosition.NONE : new StreamPosition(epoch, version);
    }

    @Override
    public boolean mayWait() {
        return true;
    }
}
