package dev.carillon.channel;

import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts the publications of one channel in order as they reach an event loop, or its joins and leaves: a double is dropped,
 * one that is ahead of its turn is held until the hole before it is filled. Confined to that loop.
 */
final class Sequence {
    /**
     * Of events held ahead of their turn; more, and the position counts as lost. By bytes alone: what comes in the second
     * that a node on the way may take, of a channel as fast as owners can be, is tens of thousands of small ones.
     */
    static final long MAX_AHEAD_BYTES = 16 * 1024 * 1024;

    /** Counted for each, beside its data. */
    static final int EVENT_BYTES = 256;

    /** What has to be done after an offer or the owner's word. */
    enum Verdict {
        /** Nothing. */
        FINE,
        /** Something that exists has not come. */
        HOLE,
        /** An event of another stream came: only the owner can tell which of the two is over. */
        FOREIGN,
        /** The stream cannot be continued. */
        LOST
    }

    /** Null until the owner told where the stream stands. */
    private @Nullable StreamPosition position;

    /** The newest offset that the owner is known to have given. */
    private long head;

    /** Made when something is ahead of its turn, which is seldom. */
    private NavigableMap<Long, SharedEvent> ahead = Collections.emptyNavigableMap();

    private long aheadBytes;

    /** Where the stream stands; null before the owner told. */
    @Nullable
    StreamPosition position() {
        return position;
    }

    /**
     * The owner's word on where the stream stands. The first one starts the sequence; a later one tells whether it
     * still is the same stream, and what there is to come.
     */
    Verdict ownerSays(StreamPosition owner, List<SharedEvent> ready) {
        StreamPosition now = begun(owner.epoch());
        if (now != null) {
            return now.epoch().equals(owner.epoch()) ? ownerHas(owner.offset()) : Verdict.LOST;
        }
        position = owner;
        head = owner.offset();
        if (ahead.isEmpty()) {
            return verdict();
        }
        boolean foreign = ahead.values().removeIf(event -> !isOf(owner.epoch(), event));
        ahead.headMap(owner.offset(), true).clear();
        aheadBytes = ahead.values().stream().mapToLong(Sequence::bytes).sum();
        drain(ready);
        return foreign ? Verdict.FOREIGN : verdict();
    }

    /** Before anything was counted there is no epoch, and whichever comes first is the one. */
    private @Nullable StreamPosition begun(String epoch) {
        StreamPosition now = position;
        if (now != null && now.epoch().isEmpty() && !epoch.isEmpty()) {
            now = new StreamPosition(epoch, 0);
            position = now;
        }
        return now;
    }

    private static boolean isOf(String epoch, SharedEvent event) {
        return event.event().position().epoch().equals(epoch);
    }

    /**
     * Goes on from where the owner stands, with what it still had of what is missing here: what it had no more stays
     * missing. What is ready to be emitted, in order, is added to {@code ready}.
     *
     * @param known where this stood when the owner was asked: one that has less has another history, and is believed
     */
    void resume(
            StreamPosition owner, @Nullable StreamPosition known, List<SharedEvent> missed, List<SharedEvent> ready) {
        StreamPosition now = position;
        if (known != null && known.epoch().equals(owner.epoch()) && owner.offset() < known.offset()) {
            ahead.clear();
            now = null;
        }
        boolean same = now != null && now.epoch().equals(owner.epoch());
        long here = now != null && same ? now.offset() : 0;
        NavigableMap<Long, SharedEvent> coming = new TreeMap<>(ahead);
        coming.values().removeIf(event -> !isOf(owner.epoch(), event));
        missed.forEach(event -> coming.putIfAbsent(event.event().position().offset(), event));
        coming.headMap(here, true).clear();
        ready.addAll(coming.headMap(owner.offset(), true).values());
        coming.headMap(owner.offset(), true).clear();
        position = new StreamPosition(owner.epoch(), Math.max(here, owner.offset()));
        head = same ? Math.max(head, owner.offset()) : owner.offset();
        ahead = coming;
        aheadBytes = coming.values().stream().mapToLong(Sequence::bytes).sum();
        drain(ready);
    }

    /** Goes on from the newest that is held, over whatever is missing before it; what was held, in order. */
    List<SharedEvent> release() {
        List<SharedEvent> held = List.copyOf(ahead.values());
        if (!held.isEmpty()) {
            position = held.get(held.size() - 1).event().position();
            ahead.clear();
            aheadBytes = 0;
        }
        head = position == null ? 0 : position.offset();
        return held;
    }

    /** The owner is known to have given this offset. */
    Verdict ownerHas(long offset) {
        head = Math.max(head, offset);
        return verdict();
    }

    /** Takes an event; what is ready to be emitted, in order, is added to {@code ready}. */
    Verdict offer(SharedEvent event, List<SharedEvent> ready) {
        StreamPosition at = event.event().position();
        StreamPosition now = begun(at.epoch());
        if (now != null && !now.epoch().equals(at.epoch())) {
            return Verdict.FOREIGN;
        }
        if (now != null && at.offset() == now.offset() + 1 && ahead.isEmpty()) {
            position = at;
            ready.add(event);
            return Verdict.FINE;
        }
        if (now != null && at.offset() <= now.offset()) {
            return verdict();
        }
        if (aheadBytes + bytes(event) > MAX_AHEAD_BYTES) {
            return Verdict.LOST;
        }
        if (ahead.isEmpty()) {
            ahead = new TreeMap<>();
        }
        if (ahead.putIfAbsent(at.offset(), event) == null) {
            aheadBytes += bytes(event);
        }
        if (now == null) {
            return Verdict.FINE;
        }
        drain(ready);
        return verdict();
    }

    /** Whether something that exists has not come. */
    boolean isBehind() {
        StreamPosition now = position;
        return now != null && (!ahead.isEmpty() || now.offset() < head);
    }

    /** The newest offset that is known to exist. */
    long newest() {
        return ahead.isEmpty() ? head : Math.max(head, ahead.lastKey());
    }

    /** How many are held ahead of their turn. */
    int held() {
        return ahead.size();
    }

    private Verdict verdict() {
        return isBehind() ? Verdict.HOLE : Verdict.FINE;
    }

    private void drain(List<SharedEvent> ready) {
        StreamPosition now = position;
        while (now != null && !ahead.isEmpty() && ahead.firstKey() == now.offset() + 1) {
            SharedEvent event = ahead.pollFirstEntry().getValue();
            aheadBytes -= bytes(event);
            now = event.event().position();
            ready.add(event);
        }
        position = now;
    }

    private static long bytes(SharedEvent event) {
        int data = event.event() instanceof Publication publication
                ? publication.data().size()
                : 0;
        return EVENT_BYTES + data;
    }
}
