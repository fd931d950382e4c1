package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import java.util.List;
import java.util.Map;

/**
 * The clustered event bus.
 *
 * @param host address of the node-to-node port
 * @param port node-to-node port, 0 for any free one
 * @param bridges event-bus address to channel: what is published to the address is published on the channel, once in
 *     the cluster
 * @param requests addresses, exact or ending in {@code *}, that clients may send requests to
 * @param inbound further addresses that clients of {@code /eventbus} may send and publish to
 * @param outbound addresses that clients of {@code /eventbus} may register at
 */
public record BusSettings(
        String host,
        int port,
        Map<String, String> bridges,
        List<String> requests,
        List<String> inbound,
        List<String> outbound) {
    public static final BusSettings DEFAULTS =
            new BusSettings("127.0.0.1", 0, Map.of(), List.of(), List.of(), List.of());

    public BusSettings {
        require(port >= 0 && port <= 65535, "bus.port must be 0 to 65535, was " + port);
        bridges = Map.copyOf(bridges);
        requests = List.copyOf(requests);
        inbound = List.copyOf(inbound);
        outbound = List.copyOf(outbound);
    }

    /** Whether a list of exact or {@code *}-ended addresses holds this one; addresses of Carillon's own never pass. */
    public static boolean permits(List<String> patterns, String address) {
        if (address.startsWith("carillon.") || address.startsWith("__vertx.")) {
            return false;
        }
        for (String pattern : patterns) {
            boolean prefix = pattern.endsWith("*");
            if (prefix ? address.startsWith(pattern.substring(0, pattern.length() - 1)) : address.equals(pattern)) {
                return true;
            }
        }
        return false;
    }
}
