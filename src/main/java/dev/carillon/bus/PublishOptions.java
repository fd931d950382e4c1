package dev.carillon.bus;

import org.jspecify.annotations.Nullable;

/**
 * How one publish differs from a plain one.
 *
 * @param key names the publication, at most 128 bytes: a second one of the same user and key is not appended; null for
 *     a random one, so that only the retries of this call are harmless
 * @param userId in whose name; null for a server
 */
public record PublishOptions(@Nullable String key, @Nullable String userId) {
    public static final PublishOptions DEFAULTS = new PublishOptions(null, null);

    public PublishOptions withKey(String newKey) {
        return new PublishOptions(newKey, userId);
    }

    public PublishOptions withUserId(String newUserId) {
        return new PublishOptions(key, newUserId);
    }
}
