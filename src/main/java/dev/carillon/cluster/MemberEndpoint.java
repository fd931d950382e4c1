package dev.carillon.cluster;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import dev.carillon.config.ConfigException;

/**
 * A member's port that speaks to members only.
 *
 * <p>Hazelcast's {@code network} makes a port that serves clients, REST and memcache as well. A member that connects to one
 * and is not answered, because the other is frozen, asks its output thread over and over whether it may send by now, and the
 * thread gets to nothing else: whatever shares it falls silent, and two nodes in good health give each other up. (Hazelcast
 * issue 26473 shows such a thread.) Endpoints for members wait until they are woken.
 */
final class MemberEndpoint {
    private static final String CONNECT_TIMEOUT = "hazelcast.socket.connect.timeout.seconds";

    private MemberEndpoint() {}

    /**
     * Makes what {@code network} says the endpoint for members. A configuration that has {@code advanced-network} is left as
     * it is.
     *
     * @throws ConfigException if the port is to serve others as well
     */
    static void alone(Config config) {
        AdvancedNetworkConfig endpoints = config.getAdvancedNetworkConfig();
        if (endpoints.isEnabled()) {
            return;
        }
        NetworkConfig network = config.getNetworkConfig();
        refuseOthers(network);
        endpoints
                .setEnabled(true)
                .setMemberEndpointConfig(endpoint(network, config.getProperty(CONNECT_TIMEOUT)))
                .setJoin(network.getJoin())
                .setIcmpFailureDetectorConfig(network.getIcmpFailureDetectorConfig())
                .setMemberAddressProviderConfig(network.getMemberAddressProviderConfig());
    }

    private static ServerSocketEndpointConfig endpoint(NetworkConfig network, String connectTimeoutSeconds) {
        ServerSocketEndpointConfig endpoint = new ServerSocketEndpointConfig()
                .setPort(network.getPort())
                .setPortCount(network.getPortCount())
                .setPortAutoIncrement(network.isPortAutoIncrement())
                .setReuseAddress(network.isReuseAddress())
                .setPublicAddress(network.getPublicAddress())
                .setInterfaces(network.getInterfaces())
                .setOutboundPorts(network.getOutboundPorts())
                .setOutboundPortDefinitions(network.getOutboundPortDefinitions())
                .setSSLConfig(network.getSSLConfig())
                .setSocketInterceptorConfig(network.getSocketInterceptorConfig())
                .setSymmetricEncryptionConfig(network.getSymmetricEncryptionConfig());
        return endpoint.setSocketConnectTimeoutSeconds(Integer.parseInt(connectTimeoutSeconds));
    }

    private static void refuseOthers(NetworkConfig network) {
        if (network.getRestApiConfig().isEnabledAndNotEmpty()
                || network.getMemcacheProtocolConfig().isEnabled()) {
            throw new ConfigException(
                    "cluster.file turns on rest-api or memcache-protocol under network, on the port of"
                            + " the members; give them ports of their own under advanced-network, or turn them off");
        }
    }
}
