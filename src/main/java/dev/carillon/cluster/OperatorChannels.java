package dev.carillon.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.EntryAdapter;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.replicatedmap.ReplicatedMap;
import dev.carillon.channel.Appended;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Comparison;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.Recovery;
import dev.carillon.channel.Routes;
import dev.carillon.channel.Standing;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.UnavailableException;
import dev.carillon.channel.history.ChannelStore;
import dev.carillon.channel.history.HistoryPage;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.session.Watched;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Every channel's owner, but for those of operators: these have none. Each node tells all others which of them it has
 * listeners for, so that all know at any time, without asking, whether anybody listens; a cluster that cannot write can
 * still be watched. Safe on any thread.
 */
final class OperatorChannels implements ChannelStore, Watched, MembershipListener {
    /** Operators' channels that one node may have listeners for; each costs all nodes some work. */
    static final int MAX_CHANNELS = 64;

    private final ChannelStore others;
    private final String self;
    private final ReplicatedMap<String, String> listening;
    private final Supplier<Set<String>> members;
    private final Routes routes;
    private final InstantSource clock;
    private final ClusterWork work;

    /** Of this node, with the interest of the newest change; guarded by itself. */
    private final Map<ChannelName, Long> here = new HashMap<>();

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Map<ChannelName, Set<String>> nodes = Map.of();
    private UUID heard = new UUID(0, 0);

    /** Does what waits for the cluster on a worker thread. */
    interface ClusterWork {
        void later(String what, Runnable work);
    }

    /**
     * @param others owns all other channels
     * @param listening by node, the channels that it has listeners for, one on each line
     * @param members ids of all nodes in the cluster now
     */
    OperatorChannels(
            ChannelStore others,
            String self,
            ReplicatedMap<String, String> listening,
            Supplier<Set<String>> members,
            Routes routes,
            ClusterWork work,
            InstantSource clock) {
        this.others = others;
        this.self = self;
        this.listening = listening;
        this.members = members;
        this.routes = routes;
        this.work = work;
        this.clock = clock;
    }

    @Override
    public Set<ChannelName> now() {
        return nodes.keySet();
    }

    @Override
    public void onChange(Runnable changed) {
        listeners.add(changed);
    }

    @Override
    public void publish(ChannelName channel, Payload data) {
        Set<String> to = nodes.get(channel);
        if (to != null) {
            routes.send(to, List.of(new Publication(channel, StreamPosition.NONE, data, null, clock.millis())));
        }
    }

    /** Tells all nodes what this one has listeners for. */
    void tell() {
        work.later("telling what operators listen to", () -> {
            // The last one to come here tells the newest.
            synchronized (listening) {
                String names = names();
                if (names.isEmpty()) {
                    listening.remove(self);
                } else {
                    listening.put(self, names);
                }
            }
            look();
        });
    }

    private String names() {
        synchronized (here) {
            return here.keySet().stream().map(ChannelName::value).collect(Collectors.joining("\n"));
        }
    }

    /** Nodes have come, gone or changed their minds. */
    synchronized void look() {
        Set<String> alive = members.get();
        Map<ChannelName, Set<String>> found = new HashMap<>();
        listening.forEach((node, names) -> {
            if (alive.contains(node)) {
                names.lines()
                        .forEach(name -> found.computeIfAbsent(new ChannelName(name), any -> new HashSet<>())
                                .add(node));
            }
        });
        if (!found.equals(nodes)) {
            nodes = Map.copyOf(found);
            listeners.forEach(Runnable::run);
        }
    }

    /** Begins to hear what other nodes listen to. */
    void open() {
        heard = listening.addEntryListener(new Heard());
        look();
    }

    void close() {
        listening.removeEntryListener(heard);
    }

    @Override
    public void memberAdded(MembershipEvent event) {
        look();
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
        String gone = ClusterNode.nodeOf(event.getMember());
        if (!gone.isEmpty()) {
            work.later("forgetting what operators listened to", () -> listening.remove(gone));
        }
        look();
    }

    private final class Heard extends EntryAdapter<String, String> {
        @Override
        public void onEntryEvent(EntryEvent<String, String> event) {
            look();
        }
    }

    private boolean add(ChannelName channel, long interest) {
        synchronized (here) {
            if (!here.containsKey(channel) && here.size() >= MAX_CHANNELS) {
                return false;
            }
            here.merge(channel, interest, Math::max);
        }
        tell();
        return true;
    }

    private void remove(ChannelName channel, long interest) {
        synchronized (here) {
            if (here.getOrDefault(channel, Long.MAX_VALUE) < interest) {
                here.remove(channel);
            }
        }
        tell();
    }

    @Override
    public Future<Recovery> subscribe(
            ChannelName channel,
            long interest,
            @Nullable StreamPosition since,
            int limit,
            @Nullable StreamPosition changesSince) {
        if (!channel.isReserved()) {
            return others.subscribe(channel, interest, since, limit, changesSince);
        }
        return add(channel, interest)
                ? Future.succeededFuture(Recovery.EPHEMERAL)
                : Future.failedFuture(new ProtocolException(ErrorCode.LIMIT_EXCEEDED, 0));
    }

    @Override
    public Future<Void> unsubscribe(ChannelName channel, long interest) {
        if (!channel.isReserved()) {
            return others.unsubscribe(channel, interest);
        }
        remove(channel, interest);
        return Future.succeededFuture();
    }

    @Override
    public Future<Comparison> compare(List<Standing> standings) {
        return others.compare(standings.stream()
                .filter(standing -> !standing.channel().isReserved())
                .toList());
    }

    @Override
    public Future<Appended> append(ChannelName channel, String origin, long turn, List<Draft> drafts) {
        return channel.isReserved()
                ? Future.failedFuture(new UnavailableException("only nodes publish on " + channel))
                : others.append(channel, origin, turn, drafts);
    }

    @Override
    public boolean refuses() {
        return others.refuses();
    }

    @Override
    public Future<HistoryPage> history(
            ChannelName channel, @Nullable StreamPosition since, int limit, boolean reverse) {
        return channel.isReserved()
                ? Future.succeededFuture(new HistoryPage(StreamPosition.NONE, List.of(), since == null))
                : others.history(channel, since, limit, reverse);
    }
}
