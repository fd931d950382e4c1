package dev.carillon.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import dev.carillon.cluster.DepartedNodes.Departed;
import dev.carillon.cluster.link.NodeRoutes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees members come and go, and has the oldest node clean up after those that are gone, politely or not. All remember
 * who departed: if the oldest dies at it, the next one does it again from the beginning, which changes and tells only
 * what is left. One that fails, because the cluster is in the midst of moving its data, is begun again with growing
 * pauses. Nothing is cleaned by a node that may be the one that is cut off. Safe on any thread; listeners of Hazelcast
 * call it on theirs.
 */
final class Departures implements MembershipListener {
    private static final Logger LOG = LoggerFactory.getLogger(Departures.class);

    private final Vertx vertx;
    private final ClusterNode node;
    private final CleanUp cleanUp;
    private final Majority majority;
    private final NodeRoutes link;
    private final Consumer<String> returned;
    private final DepartedNodes departed = new DepartedNodes();
    private final AtomicBoolean cleaning = new AtomicBoolean();
    private volatile boolean closed;

    /** @param returned is told of a node that was thought to have departed */
    Departures(
            Vertx vertx,
            ClusterNode node,
            CleanUp cleanUp,
            Majority majority,
            NodeRoutes link,
            Consumer<String> returned) {
        this.vertx = vertx;
        this.node = node;
        this.cleanUp = cleanUp;
        this.majority = majority;
        this.link = link;
        this.returned = returned;
        majority.onChange(holds -> clean());
    }

    @Override
    public void memberAdded(MembershipEvent event) {
        LOG.info(
                "{} joined; {} in the cluster",
                named(event.getMember()),
                event.getMembers().size());
        warnOfStranger(event.getMember());
        String id = ClusterNode.nodeOf(event.getMember());
        if (departed.back(id)) {
            returned.accept(id);
        }
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
        String gone = ClusterNode.nodeOf(event.getMember());
        LOG.info(
                "{} left; {} in the cluster",
                named(event.getMember()),
                event.getMembers().size());
        link.forget(gone);
        if (!gone.isEmpty()) {
            departed.left(new Departed(gone, ClusterNode.incarnationOf(event.getMember())), now());
        }
        // Also for those that departed before: this may have made this node the oldest.
        clean();
    }

    /** An owner keeps something of a node that is none, nor is remembered. */
    void found(String stranger) {
        departed.left(new Departed(stranger, 0), now());
        clean();
    }

    /** Cleans up after all that wait for it, one after the other, if it is this node that has to. */
    void clean() {
        if (closed || !mayClean() || !cleaning.compareAndSet(false, true)) {
            return;
        }
        departed.next(now())
                .ifPresentOrElse(
                        gone -> cleanUpAfter(gone).onComplete(done -> {
                            cleaning.set(false);
                            clean();
                        }),
                        () -> {
                            cleaning.set(false);
                            cleanLater();
                        });
    }

    void close() {
        closed = true;
    }

    private boolean mayClean() {
        return majority.holds() && node.isOldest();
    }

    private void cleanLater() {
        OptionalLong wait = departed.waitMillis(now());
        if (wait.isPresent()) {
            vertx.setTimer(Math.max(1, wait.getAsLong()), timer -> clean());
        }
    }

    private Future<Void> cleanUpAfter(Departed gone) {
        return node.blocking("cleaning up after node " + gone.node(), () -> attempt(gone))
                .onSuccess(finished -> {
                    if (finished) {
                        departed.done(gone);
                        LOG.info("cleaned up after node {}", gone.node());
                    } else {
                        departed.failed(gone, now());
                    }
                    if (node.nodeIds().contains(gone.node())) {
                        // It came back meanwhile, and its routing may have been cleaned away under it.
                        node.askToReassert(gone.node());
                    }
                })
                .onFailure(cause -> departed.failed(gone, now()))
                .mapEmpty();
    }

    /** Whether it is done; false if it has become somebody else's, or nobody may. */
    private boolean attempt(Departed gone) throws InterruptedException {
        if (node.nodeIds().contains(gone.node())) {
            departed.back(gone.node());
            return false;
        }
        if (!mayClean()) {
            return false;
        }
        cleanUp.after(gone, this::mayClean);
        return true;
    }

    private static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    private static String named(Member member) {
        String id = ClusterNode.nodeOf(member);
        return id.isEmpty() ? "member " + member.getAddress() : "node " + id;
    }

    private static void warnOfStranger(Member member) {
        if (ClusterNode.nodeOf(member).isEmpty() && !member.isLiteMember()) {
            LOG.warn(
                    "member {} is no node but keeps its part of all channels, which fail there unless carillon.jar"
                            + " is on its class path; make it a lite member of Hazelcast",
                    member.getAddress());
        }
    }
}
