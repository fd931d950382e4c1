package dev.carillon.cluster;

import java.util.Set;

/**
 * Says at which looks a node audits. Each asks all owners about all that they have, so the more nodes there are, the
 * seldomer each does, and owners are asked no more by a hundred than by two. When nodes have come or gone, or something
 * was asserted again, as after a merge, each audits at every look for a while, because ghosts come of that. Safe on any thread.
 */
final class AuditPace {
    /** Twice finds what is to go; the third time finds what a merge brought in between. */
    static final int HURRIED_LOOKS = 3;

    private Set<String> nodes = Set.of();
    private int hurried;
    private int passed;

    /** To be called at each look. */
    synchronized boolean isDue(Set<String> now) {
        if (!now.equals(nodes)) {
            nodes = now;
            hurry();
        }
        passed++;
        if (hurried == 0 && passed < now.size() / 2) {
            return false;
        }
        hurried = Math.max(0, hurried - 1);
        passed = 0;
        return true;
    }

    /** Something of this node may have been lost, or come back. */
    synchronized void hurry() {
        hurried = HURRIED_LOOKS;
    }
}
