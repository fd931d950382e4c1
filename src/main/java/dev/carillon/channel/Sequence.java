package dev.carillon.channel;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts the publications of one channel in order as they reach an event loop: a double is dropped, one that is ahead of
 * its turn is held until the hole before it is filled. Confined to that loop.
 */
final class Sequence {
    /** Publications held ahead of their turn; one more and the position counts as lost. */
    static final int MAX_AHEAD = 4096;

    /** What has to be done after an offer. */
    enum Verdict {
        /** Nothing. */
        FINE,
        /** Something is missing before what is held. */
        HOLE,
        /** The stream cannot be continued. */
        LOST
    }

    /** Null until the owner told where the stream stands. */
    private @Nullable StreamPosition position;

    private final TreeMap<Long, SharedEvent> ahead = new TreeMap<>();

    /** Where the stream stands; null before the owner told. */
    @Nullable
    StreamPosition position() {
        return position;
    }

    /**
     * The owner's word on where the stream stands. The first one starts the sequence; a later one only tells whether
     * it still is the same stream.
     */
    Verdict ownerSays(StreamPosition owner, List<SharedEvent> ready) {
        StreamPosition now = position;
        if (now == null) {
            position = owner;
            if (ahead.values().stream()
                    .anyMatch(e -> !((Publication) e.event()).epoch().equals(owner.epoch()))) {
                return Verdict.LOST;
            }
            ahead.headMap(owner.offset(), true).clear();
            return drain(ready);
        }
        return now.epoch().equals(owner.epoch()) ? Verdict.FINE : Verdict.LOST;
    }

    /** Takes a publication; what is ready to be emitted, in order, is added to {@code ready}. */
    Verdict offer(SharedEvent event, List<SharedEvent> ready) {
        Publication publication = (Publication) event.event();
        StreamPosition now = position;
        if (now != null && !now.epoch().equals(publication.epoch())) {
            return Verdict.LOST;
        }
        if (now != null && publication.offset() == now.offset() + 1 && ahead.isEmpty()) {
            position = publication.position();
            ready.add(event);
            return Verdict.FINE;
        }
        if (now != null && publication.offset() <= now.offset()) {
            return ahead.isEmpty() ? Verdict.FINE : Verdict.HOLE;
        }
        if (ahead.size() >= MAX_AHEAD) {
            return Verdict.LOST;
        }
        ahead.putIfAbsent(publication.offset(), event);
        return now == null ? Verdict.FINE : drain(ready);
    }

    /** Whether something is held ahead of its turn. */
    boolean hasHole() {
        return !ahead.isEmpty();
    }

    private Verdict drain(List<SharedEvent> ready) {
        List<SharedEvent> next = new ArrayList<>();
        StreamPosition now = position;
        while (now != null && !ahead.isEmpty() && ahead.firstKey() == now.offset() + 1) {
            SharedEvent event = ahead.pollFirstEntry().getValue();
            now = ((Publication) event.event()).position();
            next.add(event);
        }
        position = now;
        ready.addAll(next);
        return ahead.isEmpty() ? Verdict.FINE : Verdict.HOLE;
    }
}
