package dev.carillon.channel;

import org.jspecify.annotations.Nullable;

/**
 * One message of a channel.
 *
 * @param position epoch and offset; {@link StreamPosition#NONE} in an ephemeral namespace
 * @param userId who published; null for a server
 * @param timestampMillis when the publisher's node took it, in milliseconds since 1970
 */
public record Publication(
        ChannelName channel,
        StreamPosition position,
        Payload data,
        @Nullable String userId,
        long timestampMillis) implements ChannelEvent {
    public long offset() {
        return position.offset();
    }

    public String epoch() {
        return position.epoch();
    }

    public boolean isEphemeral() {
        return position.offset() == 0;
    }
}
