package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import java.time.Duration;

/**
 * How a dead connection is noticed.
 *
 * @param interval time between two pings of a connection
 * @param timeout a connection without a sign of life for interval + timeout is closed with 4005
 */
public record HeartbeatSettings(Duration interval, Duration timeout) {
    public static final HeartbeatSettings DEFAULTS =
            new HeartbeatSettings(Duration.ofSeconds(30), Duration.ofSeconds(10));

    public HeartbeatSettings {
        require(
                interval.toMillis() >= 200,
                "heartbeat.interval must be at least 200ms, was " + DurationText.of(interval));
        require(timeout.toMillis() >= 100, "heartbeat.timeout must be at least 100ms, was " + DurationText.of(timeout));
    }
}
