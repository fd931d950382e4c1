package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import java.util.Map;

/**
 * What each tenant may ask: those whose tokens have a {@code tenant} claim.
 *
 * @param maxConnections sessions of one tenant on one node; one more is closed with 4429
 * @param messagesPerSecond frames that all sessions of one tenant may send, on whatever nodes, with a burst of twice as many
 * @param maxConnectionsOf other numbers for some, by name
 * @param messagesPerSecondOf other numbers for some, by name
 */
public record TenantSettings(
        int maxConnections,
        int messagesPerSecond,
        Map<String, Integer> maxConnectionsOf,
        Map<String, Integer> messagesPerSecondOf) {
    public static final TenantSettings DEFAULTS = new TenantSettings(10_000, 20_000, Map.of(), Map.of());

    public TenantSettings {
        require(maxConnections >= 1, "tenants.max-connections must be at least 1, was " + maxConnections);
        require(messagesPerSecond >= 1, "tenants.messages-per-second must be at least 1, was " + messagesPerSecond);
        maxConnectionsOf.forEach((tenant, number) ->
                require(number >= 0, "tenants.max-connections-of." + tenant + " must not be negative, was " + number));
        messagesPerSecondOf.forEach((tenant, number) -> require(
                number >= 1, "tenants.messages-per-second-of." + tenant + " must be at least 1, was " + number));
        maxConnectionsOf = Map.copyOf(maxConnectionsOf);
        messagesPerSecondOf = Map.copyOf(messagesPerSecondOf);
    }

    public int connections(String tenant) {
        return maxConnectionsOf.getOrDefault(tenant, maxConnections);
    }

    public long messageRate(String tenant) {
        return messagesPerSecondOf.getOrDefault(tenant, messagesPerSecond);
    }
}
