package dev.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.instance.EndpointQualifier;
import dev.carillon.config.ConfigException;
import org.junit.jupiter.api.Test;

class MemberEndpointTest {
    private final Config config = new Config();

    @Test
    void whatTheNetworkAndItsPropertiesSayHoldsForTheEndpoint() {
        config.getNetworkConfig().setPort(5801).setPortAutoIncrement(false).setPublicAddress("10.0.0.1");
        config.getNetworkConfig().getJoin().getTcpIpConfig().setEnabled(true).addMember("10.0.0.2:5801");
        config.setProperty("hazelcast.socket.connect.timeout.seconds", "4");
        config.setProperty("hazelcast.socket.keep.alive", "false");
        config.setProperty("hazelcast.socket.send.buffer.size", "64");

        MemberEndpoint.alone(config);

        ServerSocketEndpointConfig endpoint = (ServerSocketEndpointConfig)
                config.getAdvancedNetworkConfig().getEndpointConfigs().get(EndpointQualifier.MEMBER);
        assertThat(config.getAdvancedNetworkConfig().isEnabled()).isTrue();
        assertThat(endpoint.getPort()).isEqualTo(5801);
        assertThat(endpoint.isPortAutoIncrement()).isFalse();
        assertThat(endpoint.getPublicAddress()).isEqualTo("10.0.0.1");
        assertThat(endpoint.getSocketConnectTimeoutSeconds()).isEqualTo(4);
        assertThat(endpoint.isSocketKeepAlive()).isFalse();
        assertThat(endpoint.getSocketSendBufferSizeKb()).isEqualTo(64);
        assertThat(config.getAdvancedNetworkConfig().getJoin().getTcpIpConfig().getMembers())
                .containsExactly("10.0.0.2:5801");
    }

    @Test
    void aPropertyThatIsNoNumberIsToldInOneLine() {
        config.setProperty("hazelcast.socket.connect.timeout.seconds", "soon");

        assertThatThrownBy(() -> MemberEndpoint.alone(config))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("hazelcast.socket.")
                .hasMessageContaining("soon");
    }
}
