package dev.carillon.cluster;

import java.util.Set;

/**
 * Says at which looks a node audits. Each asks all owners about all that they have, so the more nodes there are, the
 * seldomer each does, and owners are asked no more by a hundred than by two. When nodes have come or gone, or something
 * was asserted again, as after a merge, each audits at every look for a while, because ghosts come of that. They come of
 * sessions that end as well: a node of which none has ended for some audits audits hardly ever. Safe on any thread.
 */
final class AuditPace {
    /** Twice finds what is to go; the third time finds what a merge, or a step that was late, brought in between. */
    static final int AUDITS = 3;

    /** How many times seldomer a node audits while hardly anything can have come to be found. */
    static final int SETTLED = 10;

    /** Looks that it lets pass meanwhile at most, unless so many nodes are there that it always does: 20 minutes. */
    private static final int LONGEST = 40;

    private Set<String> nodes = Set.of();
    private int hurried;
    private int unsettled;
    private long closings;
    private int passed;

    /**
     * To be called at each look.
     *
     * @param closings of sessions of this node so far
     */
    synchronized boolean isDue(Set<String> now, long closings) {
        if (!now.equals(nodes)) {
            nodes = now;
            hurry();
        }
        if (closings != this.closings) {
            this.closings = closings;
            unsettle();
        }
        passed++;
        if (passed < looks(now.size())) {
            return false;
        }
        hurried = Math.max(0, hurried - 1);
        unsettled = Math.max(0, unsettled - 1);
        passed = 0;
        return true;
    }

    private int looks(int count) {
        int usual = Math.max(1, count / 2);
        if (hurried > 0) {
            return 1;
        }
        return unsettled > 0 ? usual : Math.max(usual, Math.min(usual * SETTLED, LONGEST));
    }

    /** Something of this node may have been lost, or come back. */
    synchronized void hurry() {
        hurried = AUDITS;
    }

    /** There was something to be found. */
    synchronized void unsettle() {
        unsettled = AUDITS;
    }
}
