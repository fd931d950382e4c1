package dev.carillon.channel;

import org.jspecify.annotations.Nullable;

/**
 * A publication that has no offset yet.
 *
 * @param userId who publishes; null for a server
 * @param key makes a retry harmless: a second draft of the same user and key is not appended; null for none
 * @param timestampMillis when the node took it, in milliseconds since 1970
 * @param traceparent of the publisher's doing, as W3C Trace Context writes it; null for none
 */
public record Draft(
        Payload data,
        @Nullable String userId,
        @Nullable String key,
        long timestampMillis,
        @Nullable String traceparent) {
    public static final int MAX_KEY_BYTES = 128;

    /** Without a trace. */
    public Draft(Payload data, @Nullable String userId, @Nullable String key, long timestampMillis) {
        this(data, userId, key, timestampMillis, null);
    }
}
