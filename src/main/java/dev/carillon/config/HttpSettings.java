package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import java.net.URI;
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
 * @param proxies addresses and networks ({@code 10.0.0.0/8}) of what stands before this node: of theirs, the last address of
 *     {@code X-Forwarded-For} that is no proxy's is the client's
 * @param publicUrl what clients reach this very node at, such as {@code https://node2.example.org}: clients of a node that
 *     leaves are told that of another; empty if they have but one way to all nodes, a balancer
 * @param compression whether WebSockets agree on permessage-deflate with clients that offer it: large publications are
 *     then deflated, once for all of them
 */
public record HttpSettings(
        String host,
        int port,
        List<String> origins,
        Duration idleTimeout,
        int maxHeaderBytes,
        List<String> proxies,
        String publicUrl,
        boolean compression) {
    public static final HttpSettings DEFAULTS =
            new HttpSettings("0.0.0.0", 8080, List.of(), Duration.ofSeconds(60), 8 * 1024, List.of(), "", false);

    public HttpSettings {
        require(port >= 0 && port <= 65535, "http.port must be 0 to 65535, was " + port);
        require(
                !idleTimeout.isNegative(),
                "http.idle-timeout must not be negative, was " + DurationText.of(idleTimeout));
        require(maxHeaderBytes >= 1024, "http.max-header-bytes must be at least 1024, was " + maxHeaderBytes);
        require(
                publicUrl.isEmpty() || isBase(publicUrl),
                "http.public-url must be such as https://node2.example.org, without a query, was " + publicUrl);
        publicUrl = publicUrl.endsWith("/") ? publicUrl.substring(0, publicUrl.length() - 1) : publicUrl;
        origins = List.copyOf(origins);
        proxies = List.copyOf(proxies);
        for (String proxy : proxies) {
            require(
                    Network.isNetwork(proxy),
                    "http.proxies must hold addresses or networks such as 10.0.0.0/8, was " + proxy);
        }
    }

    private static boolean isBase(String text) {
        try {
            URI url = URI.create(text);
            return ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                    && url.getHost() != null
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
