package dev.carillon.channel.history;

import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Publication;
import dev.carillon.channel.Recovery;
import dev.carillon.channel.StreamPosition;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
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

    /** The key of the channel as bytes: there are as many streams as users, and few are asked for a name. */
    private final byte[] channel;

    private final String epoch;
    private long offset;

    /** Made with the first, and given up once there is none: most channels of users have no publication, and no key. */
    private @Nullable KeptPublications kept;

    private @Nullable RecentKeys keys;

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
        this.channel = utf8(channel.key());
        this.epoch = epoch;
    }

    /**
     * Makes the same stream again from its parts.
     *
     * @param kept oldest first; what is not followed by all up to {@code offset} is left out
     */
    public ChannelStream(
            ChannelName channel, String epoch, long offset, List<Publication> kept, Map<String, KeyMark> keys) {
        this(channel, epoch);
        this.offset = offset;
        for (Publication publication : kept.subList(holeless(kept, offset), kept.size())) {
            begun().add(
                            publication.data(),
                            publication.userId(),
                            publication.timestampMillis(),
                            publication.traceparent());
        }
        if (!keys.isEmpty()) {
            RecentKeys remembered = new RecentKeys();
            keys.forEach((key, mark) -> remembered.put(utf8(key), mark.offset(), mark.atMillis()));
            this.keys = remembered;
        }
    }

    /** Where those begin that follow one another up to the newest. */
    private static int holeless(List<Publication> kept, long newest) {
        int first = kept.size();
        while (first > 0 && kept.get(first - 1).offset() == newest - (kept.size() - first)) {
            first--;
        }
        return first;
    }

    /** Appends a draft, unless its user sent one with the same key before. */
    public Ack append(Draft draft, Retention retention) {
        long now = draft.timestampMillis();
        byte[] key = draft.key() == null ? null : utf8(scoped(draft.userId(), draft.key()));
        if (key != null) {
            RecentKeys remembered = keys == null ? new RecentKeys() : keys;
            keys = remembered;
            forget(remembered, retention, now);
            long known = remembered.offsetOf(key);
            if (known > 0) {
                return new Ack(new StreamPosition(epoch, known), true);
            }
            remembered.put(key, offset + 1, now);
            forget(remembered, retention, now);
        }
        StreamPosition position = new StreamPosition(epoch, ++offset);
        if (retention.size() > 0) {
            dropTo(retention.size() - 1);
            begun().add(draft);
            drop(retention, now);
        } else {
            kept = null;
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
        if (missing > limit || missing > keptCount()) {
            return new Recovery(here, false, List.of());
        }
        return new Recovery(here, true, read(keptCount() - (int) missing, (int) missing));
    }

    /** Reads a page; see {@link ChannelStore#history}. */
    public HistoryPage page(@Nullable StreamPosition since, int limit, boolean reverse, Retention retention, long now) {
        drop(retention, now);
        boolean sameEpoch = since == null || since.epoch().equals(epoch);
        int all = keptCount();
        long after = since == null || !sameEpoch ? offset - all : Math.min(since.offset(), offset);
        boolean complete = sameEpoch && offset - after <= all;
        int available = (int) Math.min(offset - after, all);
        int count = Math.min(limit, available);
        List<Publication> page = read(all - (reverse ? count : available), count);
        if (reverse) {
            Collections.reverse(page);
        }
        return new HistoryPage(position(), page, complete);
    }

    /** Drops what has outlived its time; returns whether nothing that was promised is left to keep. */
    public boolean expire(Retention retention, long now) {
        drop(retention, now);
        RecentKeys remembered = keys;
        if (remembered != null) {
            forget(remembered, retention, now);
            remembered.trim();
            keys = remembered.size() == 0 ? null : remembered;
        }
        if (keptCount() == 0) {
            kept = null;
        }
        return isEmpty();
    }

    /** Whether neither publications nor keys are kept. */
    public boolean isEmpty() {
        return kept == null && keys == null;
    }

    public ChannelName channel() {
        return ChannelName.ofKey(new String(channel, StandardCharsets.UTF_8));
    }

    public StreamPosition position() {
        return new StreamPosition(epoch, offset);
    }

    /** What is kept, oldest first. */
    public List<Publication> kept() {
        return read(0, keptCount());
    }

    public int keptCount() {
        return kept == null ? 0 : kept.size();
    }

    /** The keys remembered, oldest first. */
    public Map<String, KeyMark> keys() {
        return keys == null ? Map.of() : keys.toMap();
    }

    private static String scoped(@Nullable String userId, String key) {
        return userId == null ? '\0' + key : userId + '\0' + key;
    }

    private void drop(Retention retention, long now) {
        dropTo(retention.size());
        KeptPublications here = kept;
        long oldest = now - retention.ttlMillis();
        while (here != null && here.size() > 0 && here.firstMillis() < oldest) {
            here.removeFirst();
        }
    }

    private void dropTo(int size) {
        KeptPublications here = kept;
        while (here != null && here.size() > size) {
            here.removeFirst();
        }
    }

    private KeptPublications begun() {
        KeptPublications begun = kept == null ? new KeptPublications() : kept;
        kept = begun;
        return begun;
    }

    private static void forget(RecentKeys keys, Retention retention, long now) {
        keys.forget(now - retention.keyTtlMillis(), MAX_KEYS);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private List<Publication> read(int skip, int count) {
        return kept == null || count == 0 ? List.of() : kept.read(skip, count, channel(), position());
    }
}
