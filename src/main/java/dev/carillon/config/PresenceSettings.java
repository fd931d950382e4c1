package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import java.time.Duration;

/**
 * When a user counts as gone.
 *
 * @param grace time after a user's last connection closed until {@code user_offline} is announced
 */
public record PresenceSettings(Duration grace) {
    public static final PresenceSettings DEFAULTS = new PresenceSettings(Duration.ofSeconds(10));

    public PresenceSettings {
        require(!grace.isNegative(), "presence.grace must not be negative, was " + DurationText.of(grace));
    }
}
