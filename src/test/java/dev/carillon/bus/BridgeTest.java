package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.channel.ChannelName;
import dev.carillon.config.BusSettings;
import dev.carillon.config.ConfigException;
import dev.carillon.config.LimitSettings;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.config.NamespaceSettings.SlowConsumer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BridgeTest {
    private static final Map<String, NamespaceSettings> NAMESPACES = Map.of(
            "feed", namespace(false, 1000, Duration.ofMinutes(10)),
            "brief", namespace(false, 20, Duration.ofSeconds(3)),
            "tick", namespace(true, 20, Duration.ofMinutes(10)));

    @Test
    void asMuchIsRememberedAsTheHistoryCanShow() {
        assertThat(bridge("orders", "feed"))
                .isEqualTo(new Bridge("orders", new ChannelName("feed"), 300, Duration.ofSeconds(30)));
        assertThat(bridge("orders", "brief:1"))
                .isEqualTo(new Bridge("orders", new ChannelName("brief:1"), 20, Duration.ofSeconds(3)));
        assertThat(bridge("orders", "tick").recall()).isZero();
    }

    @Test
    void aBadBridgeIsNamedWithItsCure() {
        assertThatThrownBy(() -> bridge("orders", "nowhere:1"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("bus.bridges.orders: the namespace nowhere has no settings; add namespaces.nowhere");
        assertThatThrownBy(() -> bridge("orders", "a b"))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("bus.bridges.orders: the channel must not hold white space");
        assertThatThrownBy(() -> bridge("carillon.publish", "feed"))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("bus.bridges.carillon.publish: ");
    }

    private static Bridge bridge(String address, String channel) {
        BusSettings bus = new BusSettings("127.0.0.1", 0, Map.of(address, channel), List.of(), List.of(), List.of());
        return Bridge.of(bus, NAMESPACES, LimitSettings.DEFAULTS).get(0);
    }

    private static NamespaceSettings namespace(boolean ephemeral, int historySize, Duration historyTtl) {
        return new NamespaceSettings(
                List.of(),
                List.of(),
                "",
                "",
                ephemeral,
                historySize,
                historyTtl,
                Duration.ofMinutes(2),
                false,
                false,
                false,
                32 * 1024,
                1024,
                0,
                0,
                SlowConsumer.CLOSE,
                "",
                Map.of());
    }
}
