package dev.carillon.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes whole what a node missed while it was away. One that stood still (a stopped process, a paused machine, a long
 * collection of garbage) notices it at the next beat of its pulse, and doubts that it may serve until more than half of
 * the cluster, itself counted, has it in its list of members, or it was merged into the cluster again. After that, and
 * whenever data was lost or somebody returned who was thought dead, everything that others keep for this node is
 * asserted again. Safe on any thread.
 */
public final class Healing {
    private static final Logger LOG = LoggerFactory.getLogger(Healing.class);

    private static final long BEAT_MILLIS = 500;

    /** Half of the time after which others give up a silent member, so that it doubts before they do. */
    private static final long STANDSTILL_MILLIS = 5_000;

    private static final long ASK_MILLIS = 1_000;

    /** What happens together is answered once. */
    private static final long COLLECT_MILLIS = 200;

    private final Vertx vertx;
    private final HazelcastInstance hazelcast;
    private final ClusterNode node;
    private final Control control;
    private final Majority majority;
    private final Pulse pulse;
    private final List<Runnable> reassertions = new CopyOnWriteArrayList<>();
    private final AtomicBoolean wanted = new AtomicBoolean();

    /** Counts standstills and what ended the doubt of each, so that an old question ends when there is a new one. */
    private final AtomicInteger doubts = new AtomicInteger();

    private Set<String> knownNodes = Set.of();
    private UUID lifecycle = new UUID(0, 0);
    private UUID losses = new UUID(0, 0);
    private volatile boolean closed;

    Healing(Vertx vertx, HazelcastInstance hazelcast, ClusterNode node, Control control, Majority majority) {
        this.vertx = vertx;
        this.hazelcast = hazelcast;
        this.node = node;
        this.control = control;
        this.majority = majority;
        pulse = new Pulse(
                () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()), System::currentTimeMillis, STANDSTILL_MILLIS);
        majority.onChange(holds -> {
            if (holds && wanted.get()) {
                reassertSoon();
            }
        });
    }

    /** Asserts something again when it may have been lost; must not block, and change nothing that was not. */
    public void onReassert(Runnable reassertion) {
        reassertions.add(reassertion);
    }

    void open() {
        lifecycle = hazelcast.getLifecycleService().addLifecycleListener(this::lifecycle);
        losses = hazelcast.getPartitionService().addPartitionLostListener(lost -> {
            LOG.debug("partition {} was lost; what this node has there is asserted again", lost.getPartitionId());
            reassert();
        });
        var unused = pulse.beat();
        majority.suspectWhile(() -> !closed && pulse.isLate());
        Thread beating = new Thread(this::beat, "carillon-pulse");
        beating.setDaemon(true);
        beating.start();
    }

    void close() {
        closed = true;
        hazelcast.getLifecycleService().removeLifecycleListener(lifecycle);
        hazelcast.getPartitionService().removePartitionLostListener(losses);
    }

    /** Asserts again everything that others keep for this node, soon, and once it may speak for the cluster. */
    void reassert() {
        if (wanted.compareAndSet(false, true)) {
            reassertSoon();
        }
    }

    private void reassertSoon() {
        vertx.setTimer(COLLECT_MILLIS, now -> {
            if (!closed && majority.holds() && wanted.compareAndSet(true, false)) {
                reassertions.forEach(Runnable::run);
            }
        });
    }

    private void lifecycle(LifecycleEvent event) {
        if (event.getState() == LifecycleState.MERGED) {
            LOG.info("this node was cut off and is in the cluster again");
            trust(doubts.incrementAndGet());
        } else if (event.getState() == LifecycleState.MERGE_FAILED) {
            LOG.error("this node was cut off and could not join the cluster again; start it anew");
        }
    }

    private void beat() {
        while (!closed) {
            long stoodStill = pulse.beat();
            if (stoodStill > 0) {
                doubt(stoodStill);
            } else if (majority.holds() && node.isJoined()) {
                knownNodes = node.nodeIds();
            }
            try {
                TimeUnit.MILLISECONDS.sleep(BEAT_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void doubt(long stoodStillMillis) {
        int doubt = doubts.incrementAndGet();
        majority.doubt();
        LOG.warn(
                "this node stood still for {} s; it serves again once the cluster knows it",
                TimeUnit.MILLISECONDS.toSeconds(stoodStillMillis));
        Set<String> all = new HashSet<>(knownNodes);
        all.add(node.self().id());
        ask(doubt, Set.copyOf(all));
    }

    private void ask(int doubt, Set<String> all) {
        if (closed || doubts.get() != doubt) {
            return;
        }
        Set<String> others = new HashSet<>(all);
        others.remove(node.self().id());
        Future<Integer> knowing = control.know(others, node.self().id(), node.incarnation());
        knowing.onComplete(answer -> {
            if (answer.succeeded() && isEnough(answer.result(), all.size())) {
                trust(doubt);
            } else {
                vertx.setTimer(ASK_MILLIS, later -> ask(doubt, all));
            }
        });
    }

    /** Whether those that know this node are, with it, more than half of all. */
    static boolean isEnough(int knowing, int all) {
        return (knowing + 1) * 2 > all;
    }

    private void trust(int doubt) {
        if (doubts.compareAndSet(doubt, doubt + 1)) {
            LOG.info("the cluster knows this node; it serves");
            majority.trust();
            reassert();
        }
    }
}
