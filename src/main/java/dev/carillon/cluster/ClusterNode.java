package dev.carillon.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.carillon.auth.Revocations;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.HubListener;
import dev.carillon.channel.Inbox;
import dev.carillon.channel.LinkListener;
import dev.carillon.channel.Routes;
import dev.carillon.channel.history.ChannelStore;
import dev.carillon.cluster.link.NodeRoutes;
import dev.carillon.cluster.owner.ChannelMerge;
import dev.carillon.cluster.owner.ChannelState;
import dev.carillon.cluster.owner.Sweep;
import dev.carillon.cluster.owner.UserEntry;
import dev.carillon.config.LimitSettings;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.presence.PresenceStore;
import dev.carillon.session.ChannelCensus;
import dev.carillon.session.DataRules;
import dev.carillon.session.EventLoops;
import dev.carillon.session.NodeInfo;
import dev.carillon.session.Peers;
import dev.carillon.session.SessionListener;
import dev.carillon.session.SessionRegistry;
import dev.carillon.session.Watched;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.internal.VertxInternal;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node in the cluster: the stores behind which Hazelcast stands, the link to the other nodes, and the cleaning up
 * after one that died. Safe on any thread.
 */
public final class ClusterNode {
    private static final long MAJORITY_LOOK_MILLIS = 500;
    private static final long BEGUN_NANOS = System.nanoTime();

    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);

    private final HazelcastInstance hazelcast;
    private final Vertx vertx;
    private final NodeIdentity self;
    private final InstantSource clock;
    private final IMap<String, ChannelState> channelMap;
    private final HazelcastChannelStore channels;
    private final OperatorChannels operators;
    private final Inquiries inquiries;
    private final HazelcastPresenceStore presence;
    private final HazelcastUserStore users;
    private final NodeDirectory directory;
    private final NodeRoutes link;
    private final Inbox inbox;
    private final Control control;
    private final Departures departures;
    private final RoutingWatch routing;
    private final CopyWatch copies;
    private final HeardMembers<Member> heard;
    private final Majority majority;
    private final Owners owners;
    private long majorityTimer;
    private final Healing healing;
    private final Audit audit;
    private UUID membership = new UUID(0, 0);
    private UUID losses = new UUID(0, 0);
    private UUID watching = new UUID(0, 0);

    /** @param quorum nodes that must be in touch; 0 for a majority */
    public ClusterNode(
            HazelcastInstance hazelcast,
            Vertx vertx,
            NodeIdentity self,
            int quorum,
            Map<String, NamespaceSettings> namespaces,
            LimitSettings limits,
            SessionRegistry sessions,
            HubListener hubs,
            LinkListener links,
            InstantSource clock) {
        this.hazelcast = hazelcast;
        this.vertx = vertx;
        this.self = self;
        this.clock = clock;
        channelMap = hazelcast.getMap(HazelcastMember.CHANNELS);
        LongSupplier ticker = () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        heard = HazelcastMember.heard(hazelcast, ticker);
        majority = new Majority(heard, quorum, ticker);
        owners = new Owners(majority, timers(vertx), ticker);
        Epochs epochs = new Epochs(self);
        channels = new HazelcastChannelStore(channelMap, this::partitionOf, owners, self, epochs, namespaces, clock);
        ChannelMerge.prepare(hazelcast, channels::retentions, clock);
        link = new NodeRoutes(vertx, self.id(), this::nodeIds, limits.maxLinkBytes(), links, ClusterNode::micros);
        directory = new NodeDirectory(hazelcast.getReplicatedMap(HazelcastMember.NODES));
        IMap<String, UserEntry> userMap = hazelcast.getMap(HazelcastMember.USERS);
        presence = new HazelcastPresenceStore(channelMap, owners, link, namespaces, epochs, this::incarnation, clock);
        users = new HazelcastUserStore(userMap, owners, self, this::incarnation, clock, directory::leaving);
        control = new Control(vertx, sessions, majority::leaves, this::knows, this::reassert);
        healing = new Healing(vertx, hazelcast, this, control, majority);
        CleanUp cleanUp = new CleanUp(channelMap, presence, users, directory, clock);
        departures = new Departures(vertx, this, cleanUp, majority, link, returned -> reassert());
        audit = new Audit(this, channelMap, userMap, sessions, departures::found);
        operators = new OperatorChannels(
                channels,
                self.id(),
                hazelcast.getReplicatedMap(HazelcastMember.LISTENING),
                this::nodeIds,
                link,
                this::later,
                clock);
        inquiries = new Inquiries(vertx, this::nodeIds);
        inbox = new Inbox(operators, channel -> isEphemeral(namespaces, channel), limits.recoveryMessages(), hubs);
        copies = new CopyWatch(vertx, hazelcast);
        routing = new RoutingWatch(vertx, inbox, HazelcastMember.copies(hazelcast), ticker, new SecureRandom());
        healing.onReassert(inbox::reassert);
        healing.onReassert(sessions::reassert);
        healing.onReassert(operators::tell);
        healing.onReassert(audit::hurry);
    }

    private int partitionOf(String channel) {
        return hazelcast.getPartitionService().getPartition(channel).getPartitionId();
    }

    /** Never 0: a clock of one's own may begin anywhere. */
    private static long micros() {
        return 1 + TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - BEGUN_NANOS);
    }

    // Of no verticle: those of one end with it, and one look serves the steps of all.
    private static Owners.Timers timers(Vertx vertx) {
        EventLoopGroup loops = ((VertxInternal) vertx).eventLoopGroup();
        return (millis, then) -> loops.schedule(then, millis, TimeUnit.MILLISECONDS);
    }

    private static boolean isEphemeral(Map<String, NamespaceSettings> namespaces, ChannelName channel) {
        NamespaceSettings namespace = namespaces.get(channel.namespace());
        return channel.isReserved() || namespace != null && namespace.ephemeral();
    }

    /** Begins to hear other nodes and to watch who leaves. */
    public Future<Void> open() {
        membership = hazelcast.getCluster().addMembershipListener(departures);
        watching = hazelcast.getCluster().addMembershipListener(operators);
        operators.open();
        losses = hazelcast.getPartitionService().addPartitionLostListener(routing);
        routing.open();
        copies.open();
        // Silence, settling and forgetting are a matter of time alone.
        majorityTimer = vertx.setPeriodic(MAJORITY_LOOK_MILLIS, now -> {
            heard.look();
            majority.look();
        });
        healing.open();
        return link.open(inbox, this::answer, routing::doubt);
    }

    /**
     * Ends the hearing and the watching, once the other nodes have what was sent to them and know that this one leaves;
     * the member itself leaves afterwards. Those that do not answer are waited for no longer than for any question.
     */
    public Future<Void> close() {
        healing.close();
        departures.close();
        owners.close();
        vertx.cancelTimer(majorityTimer);
        hazelcast.getCluster().removeMembershipListener(membership);
        hazelcast.getCluster().removeMembershipListener(watching);
        operators.close();
        hazelcast.getPartitionService().removePartitionLostListener(losses);
        routing.close();
        copies.close();
        Set<String> others = new HashSet<>(nodeIds());
        others.remove(self.id());
        return link.flushed()
                .compose(flushed -> control.leaving(others, self.id()))
                .transform(told -> link.close())
                .compose(closed -> blocking("leaving the directory", () -> {
                    directory.remove(self.id());
                    return self;
                }))
                .mapEmpty();
    }

    private void answer(Message<Object> message) {
        if (!inquiries.answer(message)) {
            control.answer(message);
        }
    }

    public NodeIdentity self() {
        return self;
    }

    public Inbox inbox() {
        return inbox;
    }

    public ChannelStore channels() {
        return operators;
    }

    /** What operators listen to, on all nodes. */
    public Watched watched() {
        return operators;
    }

    /** The other nodes, for what operators ask. */
    public Peers peers() {
        return inquiries;
    }

    /** What owners know of channels. */
    public ChannelCensus census() {
        return new HazelcastCensus(this, channelMap, hazelcast.getPartitionService());
    }

    public PresenceStore presence() {
        return presence;
    }

    public HazelcastUserStore users() {
        return users;
    }

    /** Whether what this node does on owners counts. */
    public Majority majority() {
        return majority;
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
        return new ClusterGateway(this, loops, rules, revocations, control, load, listener, clock);
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

    /** Nodes in the cluster now, this one among them; 0 once this member has left. */
    public int nodes() {
        return hazelcast.getLifecycleService().isRunning() ? nodeIds().size() : 0;
    }

    /** Partitions of the cluster's data that this node owns now; 0 once this member has left. */
    public int partitions() {
        if (!hazelcast.getLifecycleService().isRunning()) {
            return 0;
        }
        Member here = hazelcast.getCluster().getLocalMember();
        return (int) hazelcast.getPartitionService().getPartitions().stream()
                .filter(partition -> here.equals(partition.getOwner()))
                .count();
    }

    /** The node that holds a channel's entry now; empty while it moves, or if a member that is no node has it. */
    String ownerOf(String channel) {
        Member owner = hazelcast.getPartitionService().getPartition(channel).getOwner();
        return owner == null ? "" : nodeOf(owner);
    }

    /** What makes this node whole again after it was away. */
    public Healing healing() {
        return healing;
    }

    /** Which of its lives in the cluster this node is in: another after each time that it was cut off. */
    long incarnation() {
        return incarnationOf(hazelcast.getCluster().getLocalMember());
    }

    static long incarnationOf(Member member) {
        return member.getUuid().getLeastSignificantBits() >>> 1;
    }

    /**
     * Whether this node has another, in that incarnation, among its members. It says so in doubt as well: when the whole
     * machine stood still all nodes are in doubt at once, and a majority of them that have one another is one.
     */
    private boolean knows(String node, long incarnation) {
        return hazelcast.getCluster().getMembers().stream()
                .anyMatch(member -> nodeOf(member).equals(node) && incarnationOf(member) == incarnation);
    }

    private void reassert() {
        healing.reassert();
    }

    /** Another node has to assert again what others keep for it. */
    void askToReassert(String other) {
        control.reassert(Set.of(other)).onFailure(cause -> LOG.warn("node {} was not reached", other, cause));
    }

    /** Tells the other nodes what those used here in the last second who used much. */
    public Future<Integer> tellShares() {
        Set<String> others = new HashSet<>(nodeIds());
        others.remove(self.id());
        return control.tellShares(others);
    }

    /** Whether this is the oldest node: the one that does what has to be done once. */
    public boolean isOldest() {
        return isOldestOf(hazelcast.getCluster().getMembers());
    }

    /** Members that are no nodes, the processes of verticles, do nothing for the gateway. */
    static boolean isOldestOf(Set<Member> members) {
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

    /** Whether every channel and user that this node owns has its copies; where all nodes say so one may go without a loss. */
    public boolean hasCopies() {
        return copies.isComplete();
    }

    /**
     * Whether all copies have been there since this node joined. Afterwards it stays ready while copies are made again:
     * all nodes miss some when one dies, and if all said so, nobody would be left to take clients.
     */
    public boolean hasSettledIn() {
        return copies.wasComplete();
    }

    /** Drops publications, keys and channels that have outlived their time, in the whole cluster, if this is the oldest node. */
    public Future<Void> sweep() {
        if (!isOldest() || !majority.holds()) {
            return Future.succeededFuture();
        }
        return blocking(
                        "the sweep",
                        () -> channelMap.executeOnEntries(new Sweep(channels.retentions(), clock.millis())))
                .mapEmpty();
    }

    /**
     * Ends members and connections that are kept for this node and that it does not have: at each call while there are three
     * nodes at most and sessions end here, more seldom the more nodes there are, and hardly ever once no session ends.
     */
    public Future<Void> audit() {
        departures.clean();
        return majority.holds() ? audit.runIfDue() : Future.succeededFuture();
    }

    /** Does what waits for the cluster on a worker thread. */
    <T> Future<T> blocking(String what, Callable<T> work) {
        return vertx.executeBlocking(work, false).onFailure(cause -> LOG.warn("{} failed", what, cause));
    }

    private void later(String what, Runnable work) {
        blocking(what, () -> {
                    work.run();
                    return self;
                })
                .onFailure(cause -> LOG.debug("{} is left to the next change", what, cause));
    }

    static String nodeOf(Member member) {
        String id = member.getAttribute(NodeIdentity.ATTRIBUTE);
        return id == null ? "" : id;
    }
}
