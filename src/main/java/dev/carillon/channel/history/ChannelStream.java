package dev.carillon.channel.history;

import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Publication;
import dev.carillon.channel.Recovery;
import dev.carillon.channel.StreamPosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One channel's stream at its owner. Deterministic: the same calls make the same stream on the owner and its copy, so
 * time comes with each call. Not thread-safe: the owner's partition thread has it to itself.
 */
public final class ChannelStream {
    /** Keys remembered, whatever their age; beyond it the oldest is forgotten. */
    static final int MAX_KEYS = 20_000;

    private final ChannelName channel;
    private final String epoch;
    private long offset;
    private final ArrayDeque<Publication> kept = new ArrayDeque<>();
    private final Map<String, KeyMark> keys = new LinkedHashMap<>();

    /**
     * What a stream keeps.
     *
     * @param size most publications
     * @param ttlMillis age at which a publication is dropped
     * @param keyTtlMillis age at which a key is forgotten
     */
    public record Retention(int size, long ttlMillis, long keyTtlMillis) {}

    /**
     * A publication's key and where it went.
     *
     * @param atMillis when it was appended
     */
    public record KeyMark(long offset, long atMillis) {}

    /** @param epoch no other stream of the channel had it */
    public ChannelStream(ChannelName channel, String epoch) {
        this.channel = channel;
        this.epoch = epoch;
    }

    /** Makes the same stream again from its parts. */
    public ChannelStream(
            ChannelName channel, String epoch, long offset, List<Publication> kept, Map<String, KeyMark> keys) {
        this(channel, epoch);
        this.offset = offset;
        this.kept.addAll(kept);
        this.keys.putAll(keys);
    }

    /** Appends a draft, unless its user sent one with the same key before. */
    public Ack append(Draft draft, Retention retention) {
        long now = draft.timestampMillis();
        String key = draft.key() == null ? null : scoped(draft.userId(), draft.key());
        if (key != null) {
            forgetKeys(now - retention.keyTtlMillis());
            KeyMark known = keys.get(key);
            if (known != null) {
                return new Ack(new StreamPosition(epoch, known.offset()), true);
            }
            keys.put(key, new KeyMark(offset + 1, now));
            forgetKeys(now - retention.keyTtlMillis());
        }
        StreamPosition position = new StreamPosition(epoch, ++offset);
        if (retention.size() > 0) {
            kept.add(Publication.of(channel, position, draft));
            drop(retention, now);
        }
        return new Ack(position, false);
    }

    /** What a subscriber with this position missed, if all of it is still there and not more than {@code limit}. */
    public Recovery recover(@Nullable StreamPosition since, int limit, Retention retention, long now) {
        drop(retention, now);
        StreamPosition here = position();
        if (since == null || !since.epoch().equals(epoch) || since.offset() > offset) {
            return new Recovery(here, false, List.of());
        }
        long missing = offset - since.offset();
        if (missing > limit || missing > kept.size()) {
            return new Recovery(here, false, List.of());
        }
        return new Recovery(here, true, newest((int) missing));
    }

    /** Reads a page; see {@link ChannelStore#history}. */
    public HistoryPage page(@Nullable StreamPosition since, int limit, boolean reverse, Retention retention, long now) {
        drop(retention, now);
        boolean sameEpoch = since == null || since.epoch().equals(epoch);
        long after = since == null || !sameEpoch ? offset - kept.size() : Math.min(since.offset(), offset);
        boolean complete = sameEpoch && offset - after <= kept.size();
        int available = (int) Math.min(offset - after, kept.size());
        List<Publication> page = newest(available);
        if (reverse) {
            Collections.reverse(page);
        }
        return new HistoryPage(position(), page.subList(0, Math.min(limit, available)), complete);
    }

    /** Drops what has outlived its time; returns whether nothing that was promised is left to keep. */
    public boolean expire(Retention retention, long now) {
        drop(retention, now);
        forgetKeys(now - retention.keyTtlMillis());
        return kept.isEmpty() && keys.isEmpty();
    }

    public ChannelName channel() {
        return channel;
    }

    public StreamPosition position() {
        return new StreamPosition(epoch, offset);
    }

    /** What is kept, oldest first. */
    public List<Publication> kept() {
        return List.copyOf(kept);
    }

    public int keptCount() {
        return kept.size();
    }

    /** The keys remembered, oldest first. */
    public Map<String, KeyMark> keys() {
        return Collections.unmodifiableMap(keys);
    }

    private static String scoped(@Nullable String userId, String key) {
        return userId == null ? '\0' + key : userId + '\0' + key;
    }

    private void drop(Retention retention, long now) {
        long oldest = now - retention.ttlMillis();
        while (!kept.isEmpty()
                && (kept.size() > retention.size() || kept.getFirst().timestampMillis() < oldest)) {
            kept.removeFirst();
        }
    }

    private void forgetKeys(long before) {
        Iterator<KeyMark> oldestFirst = keys.values().iterator();
        while (oldestFirst.hasNext()) {
            KeyMark oldest = oldestFirst.next();
            if (keys.size() <= MAX_KEYS && oldest.atMillis() >= before) {
                return;
            }
            oldestFirst.remove();
        }
    }

    /** The newest publications, oldest of them first. */
    private List<Publication> newest(int count) {
        List<Publication> newest = new ArrayList<>(count);
        Iterator<Publication> newestFirst = kept.descendingIterator();
        while (newest.size() < count) {
            newest.add(newestFirst.next());
        }
        Collections.reverse(newest);
        return newest;
    }
}
