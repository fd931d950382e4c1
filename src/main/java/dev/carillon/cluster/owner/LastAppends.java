package dev.carillon.cluster.owner;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the last append of each origin came to, so that one repeated after an owner's death happens once. Kept for longer
 * than any node repeats one, also when that node is thought dead: it may only have slept. What an origin did last is
 * written over, so that an append leaves no new object in an old one. Not thread-safe.
 */
final class LastAppends {
    /** Nobody repeats a step after so long. */
    static final long REPEATS_MILLIS = 120_000;

    static final int MAX_ORIGINS = 256;

    private static final Comparator<Map.Entry<String, Last>> OLDEST_FIRST = Map.Entry.<String, Last>comparingByValue(
                    Comparator.comparingLong(last -> last.atMillis))
            .thenComparing(Map.Entry.comparingByKey());

    private final Map<String, Last> byOrigin = new HashMap<>(2);

    /** None is older; the oldest may be younger. */
    private long oldestMillis = Long.MAX_VALUE;

    private static final class Last {
        private long turn;
        private byte[] outcome;
        private long atMillis;

        Last(long turn, byte[] outcome, long atMillis) {
            this.turn = turn;
            this.outcome = outcome;
            this.atMillis = atMillis;
        }
    }

    /** Whether the origin has made this turn or a later one. */
    boolean has(String origin, long turn) {
        Last last = byOrigin.get(origin);
        return last != null && last.turn >= turn;
    }

    /** What this turn of the origin came to, until its next; null if it has gone on since, or never made it. */
    byte @Nullable [] outcome(String origin, long turn) {
        Last last = byOrigin.get(origin);
        return last != null && last.turn == turn ? last.outcome : null;
    }

    /**
     * Remembers a turn in the place of the one before.
     *
     * @param outcome as the append answered, packed; copied
     * @param atMillis when, as the channel's clock has it
     */
    void put(String origin, long turn, byte[] outcome, long atMillis) {
        Last last = byOrigin.get(origin);
        if (last == null) {
            remember(origin, new Last(turn, outcome.clone(), atMillis));
        } else {
            last.turn = turn;
            last.atMillis = atMillis;
            if (last.outcome.length == outcome.length) {
                System.arraycopy(outcome, 0, last.outcome, 0, outcome.length);
            } else {
                last.outcome = outcome.clone();
            }
        }
        forget(atMillis);
    }

    private void remember(String origin, Last last) {
        byOrigin.put(origin, last);
        oldestMillis = Math.min(oldestMillis, last.atMillis);
    }

    /** Forgets what nobody repeats any more, and the oldest if there are too many. The same on an owner and its copy. */
    void forget(long nowMillis) {
        if (byOrigin.size() <= MAX_ORIGINS && nowMillis - REPEATS_MILLIS <= oldestMillis) {
            return;
        }
        byOrigin.values().removeIf(last -> nowMillis - last.atMillis > REPEATS_MILLIS);
        while (byOrigin.size() > MAX_ORIGINS) {
            byOrigin.entrySet().stream().min(OLDEST_FIRST).ifPresent(oldest -> byOrigin.remove(oldest.getKey()));
        }
        oldestMillis = byOrigin.values().stream()
                .mapToLong(last -> last.atMillis)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    boolean isEmpty() {
        return byOrigin.isEmpty();
    }

    /** In the order of their time. */
    void pack(Packer packer) {
        packer.number(byOrigin.size());
        byOrigin.entrySet().stream()
                .sorted(OLDEST_FIRST)
                .forEach(entry -> packer.text(entry.getKey())
                        .number(entry.getValue().turn)
                        .bytes(entry.getValue().outcome)
                        .number(entry.getValue().atMillis));
    }

    /** Null if there are none. */
    static @Nullable LastAppends unpack(Unpacker unpacker) {
        int count = unpacker.length();
        if (count == 0) {
            return null;
        }
        LastAppends unpacked = new LastAppends();
        for (int i = count; i > 0; i--) {
            unpacked.remember(unpacker.common(), new Last(unpacker.number(), unpacker.bytes(), unpacker.number()));
        }
        return unpacked;
    }
}
