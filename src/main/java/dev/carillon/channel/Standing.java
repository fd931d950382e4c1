package dev.carillon.channel;

import org.jspecify.annotations.Nullable;

/**
 * How this node believes a channel to stand, to be compared with its owner.
 *
 * @param interest the newest that is known to have reached the owner
 * @param position of the newest publication that came; null for an ephemeral channel
 * @param changes epoch and version of the newest join or leave that came; null where there are none to come
 */
public record Standing(
        ChannelName channel,
        long interest,
        @Nullable StreamPosition position,
        @Nullable StreamPosition changes) {
    /** Whether a position is one of the same stream, or neither channel has one. */
    boolean isOfStream(@Nullable StreamPosition other) {
        return position == null || other == null
                ? position == other
                : position.epoch().equals(other.epoch());
    }
}
