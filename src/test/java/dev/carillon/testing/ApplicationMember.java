package dev.carillon.testing;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;

/** An application's own Vert.x that joins the cluster of the nodes with the stock cluster manager. */
public final class ApplicationMember {
    private ApplicationMember() {}

    /**
     * Joins; close the Vert.x to leave.
     *
     * @param lite whether it keeps no data
     */
    public static Vertx join(String cluster, List<String> members, boolean lite) {
        Config config = new Config().setClusterName(cluster).setLiteMember(lite);
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.setProperty("hazelcast.wait.seconds.before.join", "0");
        NetworkConfig network =
                config.getNetworkConfig().setPort(FreePorts.pick(1).get(0)).setPortAutoIncrement(true);
        network.getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).setMembers(members);
        return ClusterMember.await(Vertx.builder()
                .withClusterManager(new HazelcastClusterManager(config))
                .with(new VertxOptions()
                        .setEventLoopPoolSize(1)
                        .setEventBusOptions(new EventBusOptions().setHost("127.0.0.1")))
                .buildClustered());
    }
}
