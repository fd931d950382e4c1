package dev.carillon.auth;

import java.time.Instant;

/**
 * What a channel token allows: to subscribe to one channel.
 *
 * @param channel the {@code channel} claim: a name, or a beginning ended by {@code *}
 */
public record ChannelGrant(String channel, Instant expiresAt) {}
