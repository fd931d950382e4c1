package dev.carillon.cluster;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which nodes departed lately, and which of them this node has cleaned up after. Every node remembers, because whoever
 * cleans may die at it, and then the next oldest begins again. Safe on any thread; time is handed in, in milliseconds on
 * a clock that only goes forward.
 */
final class DepartedNodes {
    /** Longer than a clean-up may take, however often it is begun again. */
    static final long MEMORY_MILLIS = 10 * 60_000;

    static final int MAX = 1_024;

    private static final long FIRST_PAUSE_MILLIS = 500;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;

    private final Map<String, Case> cases = new LinkedHashMap<>();

    /**
     * A node that departed.
     *
     * @param incarnation in which it did; what it asserts in a later one is not to be cleaned away; 0 if not known
     */
    record Departed(String node, long incarnation) {}

    private static final class Case {
        final Departed departed;
        final long atMillis;
        boolean begun;
        boolean done;
        int failures;
        long notBeforeMillis;

        Case(Departed departed, long atMillis) {
            this.departed = departed;
            this.atMillis = atMillis;
            notBeforeMillis = atMillis;
        }
    }

    /** Notes a departure; one of the same incarnation is noted once. */
    synchronized void left(Departed departed, long nowMillis) {
        forgetOld(nowMillis);
        Case known = cases.get(departed.node());
        if (known != null && (departed.incarnation() == 0 || known.departed.equals(departed))) {
            return;
        }
        if (known == null && cases.size() == MAX) {
            cases.remove(cases.keySet().iterator().next());
        }
        cases.put(departed.node(), new Case(departed, nowMillis));
    }

    /** The node is a member again, or still; whether it was thought to have departed. */
    @CanIgnoreReturnValue
    synchronized boolean back(String node) {
        return cases.remove(node) != null;
    }

    /** The next to clean up after, which then is under way until {@link #done} or {@link #failed}. */
    synchronized Optional<Departed> next(long nowMillis) {
        forgetOld(nowMillis);
        for (Case one : cases.values()) {
            if (!one.done && !one.begun && one.notBeforeMillis <= nowMillis) {
                one.begun = true;
                return Optional.of(one.departed);
            }
        }
        return Optional.empty();
    }

    /** How long until {@link #next} may have something, 0 or more; nothing if only a departure can bring it. */
    synchronized OptionalLong waitMillis(long nowMillis) {
        return cases.values().stream()
                .filter(one -> !one.done && !one.begun)
                .mapToLong(one -> Math.max(0, one.notBeforeMillis - nowMillis))
                .min();
    }

    synchronized void done(Departed departed) {
        Case known = cases.get(departed.node());
        if (known != null && known.departed.equals(departed)) {
            known.done = true;
        }
    }

    /** It is begun again after a pause that grows with every failure. */
    synchronized void failed(Departed departed, long nowMillis) {
        Case known = cases.get(departed.node());
        if (known != null && known.departed.equals(departed)) {
            known.begun = false;
            long pause = FIRST_PAUSE_MILLIS << Math.min(known.failures, 10);
            known.failures++;
            known.notBeforeMillis = nowMillis + Math.min(pause, LONGEST_PAUSE_MILLIS);
        }
    }

    synchronized int size() {
        return cases.size();
    }

    private void forgetOld(long nowMillis) {
        cases.values().removeIf(one -> !isUnfinished(one) && nowMillis - one.atMillis > MEMORY_MILLIS);
    }

    /** What this node began and could not end is kept, however long it takes. */
    private static boolean isUnfinished(Case one) {
        return !one.done && (one.begun || one.failures > 0);
    }
}
