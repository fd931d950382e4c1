package dev.carillon.cluster;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which nodes count, and whether enough of them are here. Deterministic: what is seen and when comes with each call, in
 * milliseconds of a clock that only goes forward. Not thread-safe.
 *
 * <p>A node counts from the moment it was seen. One that says goodbye counts no more. One that vanishes without a word
 * may be cut off rather than dead, and goes on counting until those that are left have been a majority for
 * {@link #FORGET_MILLIS} without another loss; a new node at its address takes its place at once. Fewer than three nodes have no majority to speak of: protection begins
 * with the third, and ends only when polite leaves bring the cluster below three.
 */
final class Electorate {
    /** After a loss, more may follow: a cut is noticed for one member after the other. */
    static final long SETTLE_MILLIS = 2_000;

    static final long FORGET_MILLIS = 15_000;

    /** Who was not called for so long did not watch: nothing may be concluded from that time. */
    static final long ASLEEP_MILLIS = 5_000;

    private static final int SMALLEST_PROTECTED = 3;

    /** Whether steps on owners may be made and believed. */
    enum Verdict {
        HOLDS,
        /** A node was just lost, so more may be missing than is known: wait. */
        SETTLING,
        LOST
    }

    private final int quorum;
    private final Map<String, String> counted = new TreeMap<>();
    private final Set<String> leaving = new HashSet<>();
    private Set<String> present = Set.of();
    private boolean isProtected;
    private boolean lossSeen;
    private long lostAt;
    private long steadySince;
    private long calledAt;

    /** @param quorum nodes that must be here; 0 for more than half of those that count */
    Electorate(int quorum) {
        this.quorum = quorum;
    }

    /**
     * Takes note of the nodes in the member list now.
     *
     * @param nodes by id, with the address that no two members can have at once
     */
    void see(Map<String, String> nodes, long now) {
        if (now - calledAt > ASLEEP_MILLIS) {
            steadySince = now;
            lostAt += now - calledAt;
        }
        calledAt = now;
        boolean before = isMajority();
        nodes.forEach((node, address) -> {
            if (!leaving.contains(node) && !counted.containsKey(node)) {
                // Whoever had the address is dead, not cut off.
                counted.entrySet()
                        .removeIf(other -> other.getValue().equals(address) && !nodes.containsKey(other.getKey()));
                counted.put(node, address);
            }
        });
        for (String node : present) {
            if (!nodes.containsKey(node) && !leaving.remove(node)) {
                lossSeen = true;
                lostAt = now;
                steadySince = now;
            }
        }
        present = Set.copyOf(nodes.keySet());
        isProtected |= counted.size() >= SMALLEST_PROTECTED;
        if (!before) {
            steadySince = now;
        } else if (isMajority() && now - steadySince >= FORGET_MILLIS) {
            counted.keySet().retainAll(present);
        }
    }

    /** A node says that it is about to leave; a survivor of a crash is not freed of its doubts by that. */
    void leaves(String node) {
        if (counted.remove(node) != null) {
            if (present.contains(node)) {
                leaving.add(node);
            }
            if (counted.size() < SMALLEST_PROTECTED && present.containsAll(counted.keySet())) {
                isProtected = false;
            }
        }
    }

    Verdict verdict(long now) {
        if (!isMajority()) {
            return Verdict.LOST;
        }
        boolean guards = quorum == 0 ? isProtected : quorum > 1;
        return guards && lossSeen && now - lostAt < SETTLE_MILLIS ? Verdict.SETTLING : Verdict.HOLDS;
    }

    private boolean isMajority() {
        return !guards() || here() >= needed();
    }

    private boolean guards() {
        return quorum > 0 || isProtected;
    }

    /** Nodes that count and are here. */
    int here() {
        return (int) counted.keySet().stream().filter(present::contains).count();
    }

    /** Nodes that count. */
    int size() {
        return counted.size();
    }

    /** How many of them must be here. */
    int needed() {
        return quorum > 0 ? quorum : counted.size() / 2 + 1;
    }

    /** Nodes that count and are not here. */
    Set<String> missing() {
        Set<String> missing = new TreeSet<>(counted.keySet());
        missing.removeAll(present);
        return missing;
    }
}
