package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import java.time.Duration;

/**
 * Who is let in, and how fast.
 *
 * @param headTimeout time a connection has to send the whole head of its first request
 * @param idleHandshakes connections of this node that have neither sent a request nor said who they are
 * @param connectionsPerAddress sessions of one address on this node; one more is answered 429
 * @param loginsPerSecond new sessions that this node lets in, with a burst of ten seconds' worth
 * @param loginsPerSecondPerAddress those from one address, likewise
 */
public record AdmissionSettings(
        Duration headTimeout,
        int idleHandshakes,
        int connectionsPerAddress,
        int loginsPerSecond,
        int loginsPerSecondPerAddress) {
    public static final AdmissionSettings DEFAULTS =
            new AdmissionSettings(Duration.ofSeconds(10), 20_000, 20_000, 2_000, 1_000);

    public AdmissionSettings {
        require(
                headTimeout.toMillis() >= 100,
                "admission.head-timeout must be at least 100ms, was " + DurationText.of(headTimeout));
        require(idleHandshakes >= 1, "admission.idle-handshakes must be at least 1, was " + idleHandshakes);
        require(
                connectionsPerAddress >= 1,
                "admission.connections-per-address must be at least 1, was " + connectionsPerAddress);
        require(loginsPerSecond >= 1, "admission.logins-per-second must be at least 1, was " + loginsPerSecond);
        require(
                loginsPerSecondPerAddress >= 1,
                "admission.logins-per-second-per-address must be at least 1, was " + loginsPerSecondPerAddress);
    }
}
