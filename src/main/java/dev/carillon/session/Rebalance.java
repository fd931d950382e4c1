package dev.carillon.session;

import dev.carillon.auth.Identity;
import dev.carillon.config.RebalanceSettings;
import dev.carillon.presence.UserStore;
import dev.carillon.protocol.ServerFrame;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks clients of a node that has clearly more than the mean to go to those with fewer, so many a second, until it is
 * near the mean. It begins at a distance and ends at a quarter of it, asks for what it has too many, and counts again when
 * those have come elsewhere, so that nobody goes to and fro; and it rests while nodes come and go. Only clients that move
 * by themselves are asked, and only while their user may have one connection more. It knows no clock and starts no timer:
 * {@link #step} is called every now and then, by one thread.
 */
public final class Rebalance {
    private static final Logger LOG = LoggerFactory.getLogger(Rebalance.class);

    /** What other nodes have is looked at this often; they tell it every two seconds. */
    private static final long LOOK_MILLIS = 1000;

    /** Those that were asked have moved and their new nodes have told so, mostly, before it is counted again. */
    private static final long REST_MILLIS = 5_000;

    /** Where it ends, as a part of where it begins. */
    private static final int END_PART = 4;

    private final SessionRegistry registry;
    private final RebalanceSettings settings;
    private final String self;
    private final Supplier<? extends Collection<NodeInfo>> nodes;
    private final UserStore users;
    private final IntSupplier connectionsPerUser;
    private final Random random;
    private final Executor home;
    private final List<ClientSession> left = new ArrayList<>();

    /** Asked, and still here. */
    private final Set<ClientSession> asked = new HashSet<>();

    private Set<String> known = Set.of();

    /** When it was last not too much here, or nodes came or went. */
    private long evenMillis;

    private long lookedMillis;
    private Elsewhere elsewhere;
    private Outflow outflow;
    private boolean active;

    /** How many are yet to be asked in this round, and when the next may begin; 0 before this one is over. */
    private int surplus;

    private long restUntilMillis;
    private int inquiries;

    /**
     * @param self id of this node
     * @param nodes that are in the cluster now
     * @param connectionsPerUser how many a user may have
     * @param home calls back on the thread that {@link #step} is called by
     * @param nowMillis on a clock that only goes forward
     */
    public Rebalance(
            SessionRegistry registry,
            RebalanceSettings settings,
            String self,
            Supplier<? extends Collection<NodeInfo>> nodes,
            UserStore users,
            IntSupplier connectionsPerUser,
            Random random,
            Executor home,
            long nowMillis) {
        this.registry = registry;
        this.settings = settings;
        this.self = self;
        this.nodes = nodes;
        this.users = users;
        this.connectionsPerUser = connectionsPerUser;
        this.random = random;
        this.home = home;
        elsewhere = new Elsewhere(self);
        outflow = new Outflow(settings.perSecond(), nowMillis);
        evenMillis = nowMillis;
        lookedMillis = nowMillis - LOOK_MILLIS;
    }

    /** Asks those whose turn has come. */
    public void step(long nowMillis) {
        if (nowMillis - lookedMillis >= LOOK_MILLIS) {
            lookedMillis = nowMillis;
            look(nowMillis);
        }
        if (active) {
            outflow.pass(nowMillis);
            while (surplus > 0 && !left.isEmpty() && outflow.take()) {
                surplus--;
                inquire(left.remove(left.size() - 1));
            }
            if (restUntilMillis == 0 && (surplus <= 0 || left.isEmpty())) {
                restUntilMillis = nowMillis + REST_MILLIS;
            }
        }
    }

    private void look(long nowMillis) {
        List<NodeInfo> taking =
                nodes.get().stream().filter(node -> !node.draining()).toList();
        Set<String> ids = taking.stream().map(NodeInfo::id).collect(Collectors.toSet());
        boolean mayBe = !registry.isDraining() && ids.size() > 1 && ids.contains(self);
        if (!mayBe || !ids.equals(known)) {
            known = ids;
            evenMillis = nowMillis;
            active = false;
            return;
        }
        if (active && (restUntilMillis == 0 || nowMillis < restUntilMillis)) {
            elsewhere.look(taking);
            return;
        }
        asked.removeIf(session -> !registry.has(session));
        long total = taking.stream().mapToLong(this::connections).sum();
        // Those on their way count once, wherever they are.
        double mean = (double) total / ids.size();
        long here = taking.stream()
                        .filter(node -> node.id().equals(self))
                        .mapToLong(this::connections)
                        .sum()
                - asked.size()
                - inquiries;
        weigh(here, mean, nowMillis);
        if (active) {
            surplus = (int) (here - mean);
            restUntilMillis = 0;
            outflow = new Outflow(settings.perSecond(), nowMillis);
            // It counts from what the nodes tell now.
            elsewhere = new Elsewhere(self);
            elsewhere.look(taking);
            gather();
        }
    }

    /**
     * Others tell what they had up to two seconds ago: where many connect at once it must not seem that only this node has
     * them, and where many have left, that they are here still.
     */
    private long connections(NodeInfo node) {
        return node.id().equals(self) ? Math.min(node.connections(), registry.connections()) : node.connections();
    }

    private void weigh(long here, double mean, long nowMillis) {
        double begin = Math.max(settings.atLeast(), mean * settings.abovePercent() / 100);
        double above = here - mean;
        if (!active && above < begin) {
            evenMillis = nowMillis;
        } else if (!active && nowMillis - evenMillis >= settings.settle().toMillis()) {
            active = true;
            LOG.info("{} connections here, {} is the mean: clients are asked to go to other nodes", here, (long) mean);
        } else if (active && above < begin / END_PART) {
            active = false;
            evenMillis = nowMillis;
            left.clear();
            LOG.info("{} connections here, {} is the mean: nobody is asked to go any more", here, (long) mean);
        }
    }

    private void gather() {
        if (left.isEmpty()) {
            for (ClientSession session : registry.all()) {
                if (session.identity() != null && session.connection().movesByItself() && !asked.contains(session)) {
                    left.add(session);
                }
            }
            Collections.shuffle(left, random);
        }
    }

    /** One more connection than allowed would be refused for good, so the owner is asked first. */
    private void inquire(ClientSession session) {
        Identity who = session.identity();
        if (who == null || !registry.has(session)) {
            return;
        }
        inquiries++;
        users.status(who.userKey())
                .onComplete(status -> home.execute(() -> {
                    inquiries--;
                    boolean hasRoom =
                            status.succeeded() && status.result().sessions().size() < connectionsPerUser.getAsInt();
                    if (hasRoom && active) {
                        asked.add(session);
                        session.askToMove(
                                new ServerFrame.Reconnect("rebalancing", settings.within(), elsewhere.next()));
                    }
                }));
    }
}
