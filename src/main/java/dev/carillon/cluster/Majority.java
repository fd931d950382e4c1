package dev.carillon.cluster;

import com.hazelcast.cluster.Member;
import dev.carillon.cluster.Electorate.Verdict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this node may make steps on owners and believe their outcome: it is in touch with a majority of the nodes
 * that count, and not in doubt of being in the cluster at all. Looks at the member list as it is now, not at what was
 * told of it: asked before a step and again before its outcome is believed, so that a step which succeeded because the
 * list had just shrunk is not acknowledged by a minority. Safe on any thread.
 */
public final class Majority {
    private static final Logger LOG = LoggerFactory.getLogger(Majority.class);

    private final Supplier<Set<Member>> members;
    private final LongSupplier ticker;
    private final Electorate electorate;
    private final List<Consumer<Boolean>> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean doubted;
    private volatile BooleanSupplier standstill = () -> false;
    private volatile Look last = new Look(Set.of(), Verdict.LOST);
    private boolean told;
    private Verdict logged = Verdict.HOLDS;

    /**
     * What was found last.
     *
     * @param members the very list that was looked at: as long as it is this one, a majority stays one
     */
    private record Look(Set<Member> members, Verdict verdict) {}

    /**
     * @param members the member list as it is now
     * @param quorum nodes that must be here; 0 for a majority, 1 for no protection
     * @param ticker milliseconds on a clock that only goes forward, also while the process is stopped
     */
    Majority(Supplier<Set<Member>> members, int quorum, LongSupplier ticker) {
        this.members = members;
        this.ticker = ticker;
        electorate = new Electorate(quorum);
        look();
    }

    /** Whether steps may be made, and those that happened believed. Quick enough to be asked for each. */
    public boolean holds() {
        return verdict() == Verdict.HOLDS;
    }

    /** Whether writes are refused rather than held for a moment. */
    public boolean isLost() {
        return verdict() == Verdict.LOST;
    }

    /** This node may have been thrown out without knowing: nothing holds until {@link #trust}. */
    public void doubt() {
        doubted = true;
        tell(false);
    }

    /** This node knows again that the member list is the cluster's. */
    public void trust() {
        doubted = false;
        look();
    }

    /**
     * Doubts for as long as this says that the process stood still and has not been looked after yet: a step that was
     * under way then must not be believed because its answer is read a moment before the standstill is noticed.
     */
    void suspectWhile(BooleanSupplier standstill) {
        this.standstill = standstill;
    }

    /**
     * Calls back with what {@link #holds} has become, each time it changes, on whichever thread noticed; two changes in
     * a row may arrive swapped, so ask again.
     */
    public void onChange(Consumer<Boolean> listener) {
        listeners.add(listener);
    }

    /** How it stands, in words for an operator. */
    public String why() {
        if (isInDoubt()) {
            return "this node was out of touch and does not know yet whether it is still in the cluster";
        }
        Verdict verdict = lookNow();
        synchronized (electorate) {
            return verdict == Verdict.SETTLING ? count() + "; a node was just lost, more may follow" : count();
        }
    }

    /** A node told this one that it is about to leave. */
    void leaves(String node) {
        // One that joined a moment ago has to be counted first, or its leaving would be forgotten.
        look();
        synchronized (electorate) {
            electorate.leaves(node);
        }
        look();
    }

    Verdict verdict() {
        Look known = last;
        // Time alone never ends a majority, only another member list does.
        Verdict verdict = known.verdict == Verdict.HOLDS && known.members == members.get() ? Verdict.HOLDS : lookNow();
        return verdict == Verdict.HOLDS && isInDoubt() ? Verdict.SETTLING : verdict;
    }

    private boolean isInDoubt() {
        return doubted || standstill.getAsBoolean();
    }

    /** Looks again; called from time to time, because settling and forgetting are a matter of time. */
    void look() {
        var unused = lookNow();
    }

    private Verdict lookNow() {
        Verdict verdict;
        synchronized (electorate) {
            // Within, so that an older list never comes after a newer one.
            Set<Member> now = members.get();
            long tick = ticker.getAsLong();
            electorate.see(nodes(now), tick);
            verdict = electorate.verdict(tick);
            last = new Look(now, verdict);
            log(verdict);
        }
        tell(verdict == Verdict.HOLDS && !doubted);
        return verdict;
    }

    private static Map<String, String> nodes(Set<Member> members) {
        Map<String, String> nodes = new HashMap<>();
        for (Member member : members) {
            String id = ClusterNode.nodeOf(member);
            if (!id.isEmpty()) {
                nodes.put(id, member.getAddress().toString());
            }
        }
        return nodes;
    }

    private void tell(boolean holds) {
        boolean changed;
        synchronized (listeners) {
            changed = told != holds;
            told = holds;
        }
        if (changed) {
            listeners.forEach(listener -> listener.accept(holds));
        }
    }

    private void log(Verdict verdict) {
        if (verdict == Verdict.SETTLING || verdict == logged) {
            return;
        }
        logged = verdict;
        if (verdict == Verdict.LOST) {
            LOG.warn(
                    "majority lost: {}; missing: {}. Publishes, subscribes and logins are refused with 101 and clients try"
                            + " again until enough nodes are back. Look after the missing nodes, and the network between"
                            + " cluster ports. If they are gone for good, start as many new ones, or restart this node"
                            + " to serve without them",
                    count(),
                    electorate.missing());
        } else {
            LOG.info("majority regained: {}. Writes are accepted again", count());
        }
    }

    private String count() {
        return electorate.here() + " of " + electorate.size() + " nodes here, " + electorate.needed() + " needed";
    }
}
