package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Whose tokens are believed. Without development mode a secret or a key is required.
 *
 * @param secret shared secret of HS256 tokens, at least 32 bytes; empty for none
 * @param keys public keys: PEM files, JWKS files or JWKS URLs; read again every {@code reload}
 * @param reload time between two readings of {@code keys}
 * @param issuer required {@code iss}; empty for any
 * @param audience required {@code aud}; empty for any
 * @param leeway clock difference forgiven in {@code exp}, {@code nbf} and {@code iat}
 * @param timeout a connection must authenticate within this
 * @param grace time a live connection is kept after {@code exp} so that it can refresh
 * @param accessLife life of access tokens this node signs
 * @param refreshLife life of refresh tokens this node signs
 * @param tokenInQuery whether {@code ?token=} is read on {@code /eventbus}; the bare endpoint always reads it
 */
public record AuthSettings(
        @Secret String secret,
        List<String> keys,
        Duration reload,
        String issuer,
        String audience,
        Duration leeway,
        Duration timeout,
        Duration grace,
        Duration accessLife,
        Duration refreshLife,
        boolean tokenInQuery) {
    public static final AuthSettings DEFAULTS = new AuthSettings(
            "",
            List.of(),
            Duration.ofMinutes(5),
            "",
            "",
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(25),
            Duration.ofMinutes(15),
            Duration.ofDays(30),
            false);

    public AuthSettings {
        require(
                secret.isEmpty() || secret.getBytes(StandardCharsets.UTF_8).length >= 32,
                "auth.secret must be at least 32 bytes; make one with: openssl rand -base64 48");
        require(timeout.toMillis() >= 50, "auth.timeout must be at least 50ms, was " + DurationText.of(timeout));
        require(!leeway.isNegative(), "auth.leeway must not be negative, was " + DurationText.of(leeway));
        require(!grace.isNegative(), "auth.grace must not be negative, was " + DurationText.of(grace));
        require(reload.toMillis() >= 1000, "auth.reload must be at least 1s, was " + DurationText.of(reload));
        require(
                accessLife.toMillis() >= 1000,
                "auth.access-life must be at least 1s, was " + DurationText.of(accessLife));
        require(
                refreshLife.compareTo(accessLife) > 0,
                "auth.refresh-life must be longer than auth.access-life, was " + DurationText.of(refreshLife));
        keys = List.copyOf(keys);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "AuthSettings[secret=" + (secret.isEmpty() ? "none" : "set") + ", keys=" + keys + ", issuer=" + issuer
                + ", audience=" + audience + "]";
    }
}
