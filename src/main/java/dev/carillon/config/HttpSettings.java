package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import java.time.Duration;
import java.util.List;

/**
 * Where clients connect.
 *
 * @param host address to listen on
 * @param port TCP port, 0 for any free one
 * @param origins origins that browsers may connect from: {@code *}, or {@code https://app.example.org}; the node's own
 *     origin is always allowed
 * @param idleTimeout an HTTP connection that is no WebSocket or stream is closed after this long without a byte
 * @param maxHeaderBytes largest request head
 */
public record HttpSettings(String host, int port, List<String> origins, Duration idleTimeout, int maxHeaderBytes) {
    public static final HttpSettings DEFAULTS =
            new HttpSettings("0.0.0.0", 8080, List.of(), Duration.ofSeconds(60), 8 * 1024);

    public HttpSettings {
        require(port >= 0 && port <= 65535, "http.port must be 0 to 65535, was " + port);
        require(
                !idleTimeout.isNegative(),
                "http.idle-timeout must not be negative, was " + DurationText.of(idleTimeout));
        require(maxHeaderBytes >= 1024, "http.max-header-bytes must be at least 1024, was " + maxHeaderBytes);
        origins = List.copyOf(origins);
    }
}
