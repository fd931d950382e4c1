package dev.carillon.cluster;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.ReplicatedMapConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.cluster.impl.ClusterHeartbeatManager;
import dev.carillon.cluster.owner.ChannelMerge;
import dev.carillon.cluster.owner.UserMerge;
import dev.carillon.config.ClusterSettings;
import dev.carillon.config.ConfigException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Hazelcast member inside a node: how it is set up, joined and watched while it joins. */
public final class HazelcastMember {
    static final String CHANNELS = "carillon.channels";
    static final String USERS = "carillon.users";
    static final String NODES = "carillon.nodes";
    static final String LISTENING = "carillon.listening";

    /** Where Vert.x looks for the name of a member that it did not start itself. */
    private static final String VERTX_NODE_ID = "__vertx.nodeId";

    private static final Logger LOG = LoggerFactory.getLogger(HazelcastMember.class);
    private static final int PROBE_TIMEOUT_MS = 1000;

    /** Nodes that start at the same moment need this to find one another. */
    private static final int ABSENT_AFTER_SECONDS = 5;

    private HazelcastMember() {}

    /**
     * Starts the member and joins those that answer. Blocks for some seconds: not for an event loop.
     *
     * @throws ConfigException if its file cannot be read, or nodes of a version are there that it does not understand
     * @throws com.hazelcast.core.HazelcastException if its port is taken or it cannot join
     */
    public static HazelcastInstance start(ClusterSettings settings, NodeIdentity node) {
        Formats.begin();
        HazelcastInstance member = Hazelcast.newHazelcastInstance(config(settings, node));
        Formats.agree(member);
        if (!settings.members().isEmpty()) {
            CompletableFuture.delayedExecutor(ABSENT_AFTER_SECONDS, TimeUnit.SECONDS)
                    .execute(() -> warnOfAbsent(settings, member));
        }
        return member;
    }

    static Config config(ClusterSettings settings, NodeIdentity node) {
        Config config = settings.file().isEmpty() ? network(settings) : file(settings.file());
        config.setClusterName(settings.name());
        config.getMemberAttributeConfig()
                .setAttribute(NodeIdentity.ATTRIBUTE, node.id())
                .setAttribute(Formats.ATTRIBUTE, Formats.HERE.toString())
                .setAttribute(VERTX_NODE_ID, node.id());
        // Only what Carillon and Vert.x put in is read back; a stranger's class is refused. Hazelcast's own list
        // has all that begins with java, javax among it, and what is made of java.rmi calls others.
        JavaSerializationFilterConfig filter = new JavaSerializationFilterConfig().setDefaultsDisabled(true);
        filter.getWhitelist().addPrefixes("java.", "[", "com.hazelcast.", "io.vertx.");
        filter.getBlacklist().addPrefixes("java.rmi.");
        config.getSerializationConfig().setJavaSerializationFilterConfig(filter);
        config.addMapConfig(owners(CHANNELS, settings.copies(), ChannelMerge.class));
        config.addMapConfig(owners(USERS, settings.copies(), UserMerge.class));
        config.addMapConfig(new MapConfig(HazelcastRevocations.USED).setBackupCount(settings.copies()));
        config.addReplicatedMapConfig(new ReplicatedMapConfig(NODES).setInMemoryFormat(InMemoryFormat.OBJECT));
        config.addReplicatedMapConfig(new ReplicatedMapConfig(LISTENING).setInMemoryFormat(InMemoryFormat.OBJECT));
        property(config, "hazelcast.phone.home.enabled", "false");
        property(config, "hazelcast.logging.type", "slf4j");
        property(config, "hazelcast.shutdownhook.enabled", "false");
        // Every five seconds it would count the open files, one by one, for figures that nobody reads; ours are at
        // /metrics.
        property(config, "hazelcast.metrics.enabled", "false");
        property(config, "hazelcast.socket.bind.any", "false");
        property(config, "hazelcast.wait.seconds.before.join", "0");
        // Where those that are to be joined take connections and do not answer, the start fails and says so; the
        // default
        // is five minutes.
        property(config, "hazelcast.max.join.seconds", "60");
        // A frozen or cut node is found and made whole within seconds; the defaults take minutes. A killed one is found
        // by its closed connections within one.
        property(config, "hazelcast.heartbeat.interval.seconds", "1");
        property(config, "hazelcast.max.no.heartbeat.seconds", "10");
        // Also the number of times that the oldest survivor asks another to follow it, some of them at once, the rest a
        // retry pause apart. They must outlast the second or two by which the other misses the dead master later, or
        // each survivor goes on alone.
        property(config, "hazelcast.mastership.claim.timeout.seconds", "60");
        property(config, "hazelcast.member.list.publish.interval.seconds", "10");
        // Two that gave each other up, while the oldest hears both, send each other no heartbeats from then on and
        // would part when the oldest goes. After so many heartbeats it removes one of them, which joins again.
        property(config, "hazelcast.partial.member.disconnection.resolution.heartbeat.count", "3");
        property(config, "hazelcast.merge.first.run.delay.seconds", "10");
        // Rounds follow one another: with an address that does not answer each takes five seconds by itself.
        property(config, "hazelcast.merge.next.run.delay.seconds", "1");
        // Shorter than a round, so that each of them knocks anew instead of waiting for the knock of the last.
        property(config, "hazelcast.socket.connect.timeout.seconds", "4");
        property(config, "hazelcast.operation.call.timeout.millis", "10000");
        // A node that leaves hands on its data; the default of ten minutes outlasts every service manager.
        property(config, "hazelcast.graceful.shutdown.max.wait", "30");
        // A step whose copy was on the node that died waits for this before it is repeated.
        property(config, "hazelcast.operation.backup.timeout.millis", "2000");
        // A write whose copy may be missing is not acknowledged.
        property(config, "hazelcast.operation.fail.on.indeterminate.state", "true");
        // Retries within Hazelcast are short and few: those who wait, wait for ours, which know the majority.
        property(config, "hazelcast.invocation.retry.pause.millis", "100");
        property(config, "hazelcast.invocation.max.retry.count", "50");
        // A copy that missed something refuses what comes after, and is mended within this: as long as who sent it
        // waits.
        property(config, "hazelcast.partition.backup.sync.interval", "2");
        // Whoever has something for another member writes it, and leaves it to another who is writing already. By
        // default a thread is woken to write each message, for 100 ms after more than ten calls were under way.
        property(config, "hazelcast.concurrent.window.ms", "0");
        MemberEndpoint.alone(config);
        return config;
    }

    /** The members whose heartbeats come. Hazelcast has no public way to ask for the time of a heartbeat. */
    static HeardMembers<Member> heard(HazelcastInstance member, LongSupplier ticker) {
        ClusterHeartbeatManager heartbeats = ((HazelcastInstanceProxy) member)
                .getOriginal()
                .node
                .getClusterService()
                .getClusterHeartbeatManager();
        Cluster cluster = member.getCluster();
        return new HeardMembers<>(
                cluster::getMembers, cluster.getLocalMember(), heartbeats::getLastHeartbeatTime, ticker);
    }

    /** Synchronous copies, and values as objects: a step changes them in place. */
    private static MapConfig owners(String name, int copies, Class<?> mergePolicy) {
        return new MapConfig(name)
                .setInMemoryFormat(InMemoryFormat.OBJECT)
                .setBackupCount(copies)
                .setAsyncBackupCount(0)
                .setMergePolicyConfig(new MergePolicyConfig().setPolicy(mergePolicy.getName()))
                .setStatisticsEnabled(false);
    }

    /** Copies that each owner's data has on other members, where there are enough of them. */
    static int copies(HazelcastInstance member) {
        return member.getConfig().getMapConfig(CHANNELS).getBackupCount();
    }

    private static void property(Config config, String name, String value) {
        if (config.getProperty(name) == null) {
            config.setProperty(name, value);
        }
    }

    private static Config network(ClusterSettings settings) {
        Config config = new Config();
        NetworkConfig network = config.getNetworkConfig();
        network.setPort(settings.port()).setPortAutoIncrement(false);
        if (!settings.host().equals("0.0.0.0")) {
            network.getInterfaces().setEnabled(true).addInterface(settings.host());
            config.setProperty("hazelcast.local.localAddress", settings.host());
        }
        JoinConfig join = network.getJoin();
        join.getMulticastConfig().setEnabled(false);
        join.getAutoDetectionConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).setMembers(settings.members());
        return config;
    }

    private static Config file(String file) {
        Path path = Path.of(file);
        if (!Files.isReadable(path)) {
            throw new ConfigException("cluster.file " + file + " cannot be read; check the path and its permissions");
        }
        try {
            return Config.loadFromFile(path.toFile());
        } catch (IOException | RuntimeException e) {
            throw new ConfigException("cluster.file " + file + " is no Hazelcast configuration: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    /** A configured member that is not there may start later, so the node goes on, but says what it misses and why. */
    private static void warnOfAbsent(ClusterSettings settings, HazelcastInstance member) {
        for (String other : settings.members()) {
            if (!member.getLifecycleService().isRunning()) {
                return;
            }
            int colon = other.lastIndexOf(':');
            InetSocketAddress address =
                    new InetSocketAddress(other.substring(0, colon), Integer.parseInt(other.substring(colon + 1)));
            if (isSelf(member, address)
                    || member.getCluster().getMembers().stream()
                            .anyMatch(there -> there.getSocketAddress().equals(address))) {
                continue;
            }
            if (answers(address)) {
                LOG.warn(
                        "cluster.members: {} answers but is not in this cluster; is cluster.name '{}' the same there?",
                        other,
                        settings.name());
            } else {
                LOG.warn(
                        "cluster.members: {} does not answer; start it, or check host, port and firewall. This node"
                                + " goes on with {} member(s)",
                        other,
                        member.getCluster().getMembers().size());
            }
        }
    }

    /** A machine's own name may stand for a loopback address. */
    private static boolean isSelf(HazelcastInstance member, InetSocketAddress address) {
        return !address.isUnresolved()
                && address.getAddress().isLoopbackAddress()
                && address.getPort()
                        == member.getCluster().getLocalMember().getAddress().getPort();
    }

    private static boolean answers(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, PROBE_TIMEOUT_MS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
