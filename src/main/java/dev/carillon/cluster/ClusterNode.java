package dev.carillon.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.carillon.auth.Revocations;
import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.HubListener;
import dev.carillon.channel.Inbox;
import dev.carillon.channel.Routes;
import dev.carillon.channel.history.ChannelStore;
import dev.carillon.cluster.owner.ChannelState;
import dev.carillon.cluster.owner.DropNode;
import dev.carillon.cluster.owner.Sweep;
import dev.carillon.cluster.owner.Unpacker;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.presence.PresenceStore;
import dev.carillon.session.DataRules;
import dev.carillon.session.EventLoops;
import dev.carillon.session.NodeInfo;
import dev.carillon.session.SessionListener;
import dev.carillon.session.SessionRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node in the cluster: the stores behind which Hazelcast stands, the link to the other nodes, and the cleaning up
 * after one that died. Safe on any thread.
 */
public final class ClusterNode {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);

    private final HazelcastInstance hazelcast;
    private final Vertx vertx;
    private final NodeIdentity self;
    private final InstantSource clock;
    private final IMap<String, ChannelState> channelMap;
    private final HazelcastChannelStore channels;
    private final HazelcastPresenceStore presence;
    private final HazelcastUserStore users;
    private final NodeDirectory directory;
    private final NodeRoutes link;
    private final Inbox inbox;
    private final Control control;
    private UUID membership = new UUID(0, 0);

    /** @param recoveryLimit most publications that a subscribe replays */
    public ClusterNode(
            HazelcastInstance hazelcast,
            Vertx vertx,
            NodeIdentity self,
            Map<String, NamespaceSettings> namespaces,
            int recoveryLimit,
            SessionRegistry sessions,
            HubListener listener,
            InstantSource clock) {
        this.hazelcast = hazelcast;
        this.vertx = vertx;
        this.self = self;
        this.clock = clock;
        channelMap = hazelcast.getMap(HazelcastMember.CHANNELS);
        channels = new HazelcastChannelStore(channelMap, self, namespaces, clock);
        link = new NodeRoutes(vertx, self);
        presence = new HazelcastPresenceStore(channelMap, link, namespaces, clock);
        users = new HazelcastUserStore(hazelcast.getMap(HazelcastMember.USERS), self, clock);
        directory = new NodeDirectory(hazelcast.getReplicatedMap(HazelcastMember.NODES));
        control = new Control(vertx, sessions);
        inbox = new Inbox(channels, channel -> isEphemeral(namespaces, channel), recoveryLimit, listener);
    }

    private static boolean isEphemeral(Map<String, NamespaceSettings> namespaces, ChannelName channel) {
        NamespaceSettings namespace = namespaces.get(channel.namespace());
        return namespace != null && namespace.ephemeral();
    }

    /** Begins to hear other nodes and to watch who leaves. */
    public Future<Void> open() {
        membership = hazelcast.getCluster().addMembershipListener(new Leavers());
        return link.open(inbox, control::answer);
    }

    /** Ends the hearing and the watching; the member itself leaves with Vert.x. */
    public Future<Void> close() {
        hazelcast.getCluster().removeMembershipListener(membership);
        return link.close()
                .compose(closed -> blocking("leaving the directory", () -> {
                    directory.remove(self.id());
                    return self;
                }))
                .mapEmpty();
    }

    public NodeIdentity self() {
        return self;
    }

    public Inbox inbox() {
        return inbox;
    }

    public ChannelStore channels() {
        return channels;
    }

    public PresenceStore presence() {
        return presence;
    }

    public HazelcastUserStore users() {
        return users;
    }

    public Routes routes() {
        return link;
    }

    /** What servers and operators may do, through this node. */
    public ClusterGateway gateway(
            EventLoops loops,
            DataRules rules,
            Revocations revocations,
            Supplier<NodeInfo> load,
            SessionListener listener) {
        return new ClusterGateway(this, channelMap, loops, rules, revocations, control, load, listener, clock);
    }

    /** Tells every node how this one stands. */
    public Future<Void> report(NodeInfo info) {
        return blocking("reporting to the directory", () -> {
                    directory.put(info);
                    return info;
                })
                .mapEmpty();
    }

    List<NodeInfo> directory() {
        return directory.all();
    }

    Set<String> nodeIds() {
        return hazelcast.getCluster().getMembers().stream()
                .map(ClusterNode::nodeOf)
                .filter(id -> !id.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether this is the oldest node: the one that does what has to be done once. */
    public boolean isOldest() {
        return isOldestOf(hazelcast.getCluster().getMembers());
    }

    /** Members that are no nodes, the processes of verticles, do nothing for the gateway. */
    private static boolean isOldestOf(Set<Member> members) {
        return members.stream()
                .filter(member -> !nodeOf(member).isEmpty())
                .findFirst()
                .map(Member::localMember)
                .orElse(false);
    }

    /** Whether this member runs and has found its place in the cluster. */
    public boolean isJoined() {
        return hazelcast.getLifecycleService().isRunning();
    }

    /** Whether every owner has its copy elsewhere, as far as there is an elsewhere. */
    public Future<Boolean> isSafe() {
        return blocking(
                "asking whether partitions are safe",
                () -> isJoined() && hazelcast.getPartitionService().isClusterSafe());
    }

    /** Drops publications, keys and channels that have outlived their time, in the whole cluster, if this is the oldest node. */
    public Future<Void> sweep() {
        if (!isOldest()) {
            return Future.succeededFuture();
        }
        return blocking(
                        "the sweep",
                        () -> channelMap.executeOnEntries(new Sweep(channels.retentions(), clock.millis())))
                .mapEmpty();
    }

    /** Does what waits for the cluster on a worker thread. */
    <T> Future<T> blocking(String what, Callable<T> work) {
        return vertx.executeBlocking(work, false).onFailure(cause -> LOG.warn("{} failed", what, cause));
    }

    private static String nodeOf(Member member) {
        String id = member.getAttribute(NodeIdentity.ATTRIBUTE);
        return id == null ? "" : id;
    }

    /** Cleans up after members that left, politely or not; the oldest survivor does it for all. */
    private final class Leavers implements MembershipListener {
        @Override
        public void memberAdded(MembershipEvent event) {
            LOG.info(
                    "{} joined; {} in the cluster",
                    named(event.getMember()),
                    event.getMembers().size());
            warnOfStranger(event.getMember());
        }

        @Override
        public void memberRemoved(MembershipEvent event) {
            String gone = nodeOf(event.getMember());
            LOG.info(
                    "{} left; {} in the cluster",
                    named(event.getMember()),
                    event.getMembers().size());
            link.forget(gone);
            if (!gone.isEmpty() && isOldestOf(event.getMembers())) {
                blocking("cleaning up after node " + gone, () -> {
                            cleanUpAfter(gone);
                            return gone;
                        })
                        .onSuccess(done -> LOG.info("cleaned up after node {}", gone));
            }
        }

        private static String named(Member member) {
            String id = nodeOf(member);
            return id.isEmpty() ? "member " + member.getAddress() : "node " + id;
        }

        private static void warnOfStranger(Member member) {
            if (nodeOf(member).isEmpty() && !member.isLiteMember()) {
                LOG.warn(
                        "member {} is no node but keeps its part of all channels, which fail there unless carillon.jar"
                                + " is on its class path; make it a lite member of Hazelcast",
                        member.getAddress());
            }
        }

        private void cleanUpAfter(String gone) {
            directory.remove(gone);
            channelMap
                    .executeOnEntries(new DropNode(gone, clock.millis()))
                    .forEach((channel, answer) -> tellLeaves(new ChannelName(channel), answer));
            users.dropNode(gone);
        }

        private void tellLeaves(ChannelName channel, byte @Nullable [] answer) {
            if (answer != null) {
                Unpacker unpacker = new Unpacker(answer);
                Set<String> nodes = Set.copyOf(unpacker.texts());
                List<ChannelEvent> leaves = unpacker.list(unpacker::event);
                presence.send(channel, nodes, leaves);
            }
        }
    }
}
