package dev.carillon.channel;

import org.jspecify.annotations.Nullable;

/**
 * One message of a channel.
 *
 * @param position epoch and offset; {@link StreamPosition#NONE} in an ephemeral namespace
 * @param userId who published; null for a server
 * @param timestampMillis when the publisher's node took it, in milliseconds since 1970
 * @param traceparent of the publisher's doing, as W3C Trace Context writes it; null for none
 */
public record Publication(
        ChannelName channel,
        StreamPosition position,
        Payload data,
        @Nullable String userId,
        long timestampMillis,
        @Nullable String traceparent)
        implements ChannelEvent {
    /** Without a trace. */
    public Publication(
            ChannelName channel, StreamPosition position, Payload data, @Nullable String userId, long timestampMillis) {
        this(channel, position, data, userId, timestampMillis, null);
    }

    /** What became of a draft. */
    public static Publication of(ChannelName channel, StreamPosition position, Draft draft) {
        return new Publication(
                channel, position, draft.data(), draft.userId(), draft.timestampMillis(), draft.traceparent());
    }

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
