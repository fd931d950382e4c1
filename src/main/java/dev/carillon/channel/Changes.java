package dev.carillon.channel;

import java.util.List;

/**
 * How a channel's member list stands at the owner, and what a node missed of its joins and leaves.
 *
 * @param position epoch and version of the list; {@link StreamPosition#NONE} if nobody was ever on it
 * @param missed in order. Without a hole if the owner still has all of them; otherwise none, and subscribers see it by the
 *     versions.
 */
public record Changes(StreamPosition position, List<? extends ChannelEvent> missed) {
    public Changes {
        missed = List.copyOf(missed);
    }
}
