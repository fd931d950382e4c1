package dev.carillon.bus;

import org.jspecify.annotations.Nullable;

/**
 * How one publish differs from a plain one.
 *
 * @param key names the publication, at most 128 bytes: a second one of the same user and key is not appended; null for
 *     a random one, so that only the retries of this call are harmless
 * @param userId in whose name; null for a server
 * @param traceparent what the application is doing, as W3C Trace Context writes it: it reaches subscribers; null for none,
 *     and one that is malformed is as good as none
 */
public record PublishOptions(
        @Nullable String key,
        @Nullable String userId,
        @Nullable String traceparent) {
    public static final PublishOptions DEFAULTS = new PublishOptions(null, null, null);

    public PublishOptions withKey(String newKey) {
        return new PublishOptions(newKey, userId, traceparent);
    }

    public PublishOptions withUserId(String newUserId) {
        return new PublishOptions(key, newUserId, traceparent);
    }

    public PublishOptions withTraceparent(String newTraceparent) {
        return new PublishOptions(key, userId, newTraceparent);
    }
}
