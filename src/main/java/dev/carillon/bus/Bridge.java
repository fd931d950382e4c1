package dev.carillon.bus;

import dev.carillon.channel.ChannelName;
import dev.carillon.config.BusSettings;
import dev.carillon.config.ConfigException;
import dev.carillon.config.LimitSettings;
import dev.carillon.config.NamespaceSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One bus address and the channel it feeds.
 *
 * @param recall how many of the channel's newest publications can be read again; 0 if it keeps none
 * @param recallFor how long messages are remembered in case their publisher dies
 */
public record Bridge(String address, ChannelName channel, int recall, Duration recallFor) {
    /** Longer than the cluster takes to notice that a node is dead. */
    static final Duration MAX_RECALL = Duration.ofSeconds(30);

    /**
     * The bridges of a node, in the order of their addresses.
     *
     * @throws ConfigException for an address of Carillon's own, a bad channel name, and a namespace without settings
     */
    public static List<Bridge> of(BusSettings bus, Map<String, NamespaceSettings> namespaces, LimitSettings limits) {
        return bus.bridges().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> of(entry.getKey(), entry.getValue(), namespaces, limits))
                .toList();
    }

    private static Bridge of(
            String address, String name, Map<String, NamespaceSettings> namespaces, LimitSettings limits) {
        String setting = "bus.bridges." + address;
        if (address.isBlank() || address.startsWith("carillon.") || address.startsWith("__vertx.")) {
            throw new ConfigException(setting + ": is an address of Carillon's own; choose another");
        }
        ChannelName channel;
        try {
            channel = new ChannelName(name);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(setting + ": the channel " + e.getMessage() + ", was " + name);
        }
        NamespaceSettings namespace = namespaces.get(channel.namespace());
        if (namespace == null && !channel.namespace().equals(ChannelName.USER_NAMESPACE)) {
            throw new ConfigException(setting + ": the namespace " + channel.namespace()
                    + " has no settings; add namespaces." + channel.namespace());
        }
        NamespaceSettings rules = namespace == null ? NamespaceSettings.DEFAULTS : namespace;
        Duration recallFor = rules.historyTtl().compareTo(MAX_RECALL) < 0 ? rules.historyTtl() : MAX_RECALL;
        int recall = rules.ephemeral() || recallFor.isZero() ? 0 : Math.min(rules.historySize(), limits.historyPage());
        return new Bridge(address, channel, recall, recallFor);
    }
}
