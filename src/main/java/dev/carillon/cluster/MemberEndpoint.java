package dev.carillon.cluster;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.spi.properties.ClusterProperty;
import com.hazelcast.spi.properties.HazelcastProperties;
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
    private MemberEndpoint() {}

    /**
     * Makes what {@code network} says the endpoint for members. A configuration that has {@code advanced-network} is left as
     * it is.
     *
     * @throws ConfigException if the port is to serve others as well, or a property of its sockets is no number
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
                .setMemberEndpointConfig(endpoint(network, new HazelcastProperties(config)))
                .setJoin(network.getJoin())
                .setIcmpFailureDetectorConfig(network.getIcmpFailureDetectorConfig())
                .setMemberAddressProviderConfig(network.getMemberAddressProviderConfig());
    }

    private static ServerSocketEndpointConfig endpoint(NetworkConfig network, HazelcastProperties sockets) {
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
        // An endpoint does not look at these properties by itself.
        try {
            endpoint.setSocketConnectTimeoutSeconds(sockets.getSeconds(ClusterProperty.SOCKET_CONNECT_TIMEOUT_SECONDS))
                    .setSocketTcpNoDelay(sockets.getBoolean(ClusterProperty.SOCKET_NO_DELAY))
                    .setSocketKeepAlive(sockets.getBoolean(ClusterProperty.SOCKET_KEEP_ALIVE))
                    .setSocketBufferDirect(sockets.getBoolean(ClusterProperty.SOCKET_BUFFER_DIRECT))
                    .setSocketSendBufferSizeKb(sockets.getInteger(ClusterProperty.SOCKET_SEND_BUFFER_SIZE))
                    .setSocketRcvBufferSizeKb(sockets.getInteger(ClusterProperty.SOCKET_RECEIVE_BUFFER_SIZE));
        } catch (NumberFormatException e) {
            throw new ConfigException(
                    "cluster.file has a property hazelcast.socket.* that is no whole number: " + e.getMessage());
        }
        return endpoint;
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
