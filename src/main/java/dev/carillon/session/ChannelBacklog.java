package dev.carillon.session;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Gap;
import dev.carillon.channel.Publication;
import dev.carillon.channel.SharedEvent;
import dev.carillon.channel.StreamPosition;
import dev.carillon.config.NamespaceSettings.SlowConsumer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What waits of one channel for one socket, in order, with a mark wherever publications were taken out. Joins and leaves
 * are never taken out. Confined to the connection's event loop.
 */
final class ChannelBacklog {
    /** What a place in a lane costs besides the frame, which is shared: the object, and the position of what may be dropped. */
    static final int PLACE_BYTES = 96;

    /** What its entry by key costs besides the key's characters. */
    static final int KEY_BYTES = 96;

    private final ChannelName channel;
    private final SlowConsumers.Policy policy;

    /** Before the first and after the last; its mark is of what was dropped behind everything that waits. */
    private final Place end = new Place();

    /** The oldest publication that may be dropped; the end for none. */
    private Place oldest = end;

    private final @Nullable Map<String, Place> latest;

    /** Of the newest publication. */
    private String epoch = "";

    private int droppable;
    private long droppableBytes;
    private long bytes;

    /** One frame in line. */
    private static final class Place {
        private byte[] frame = {};

        /** Of a publication that may be dropped, which would itself be as large as its frame; null for what may not. */
        private @Nullable StreamPosition droppable;

        private @Nullable String key;
        private Place before = this;
        private Place after = this;

        /** Publications that were dropped just before this place, and the last of them. */
        private long missed;

        private StreamPosition lastMissed = StreamPosition.NONE;

        long cost() {
            return (long) frame.length + PLACE_BYTES + (key == null ? 0 : KEY_BYTES + key.length());
        }

        void missedBefore(long count, StreamPosition last) {
            // What is marked here already came later.
            if (missed == 0) {
                lastMissed = last;
            }
            missed += count;
        }
    }

    ChannelBacklog(ChannelName channel, SlowConsumers.Policy policy) {
        this.channel = channel;
        this.policy = policy;
        this.latest = policy.action() == SlowConsumer.LATEST ? new HashMap<>() : null;
    }

    ChannelName channel() {
        return channel;
    }

    /** Whether neither a frame nor a mark waits. */
    boolean isEmpty() {
        return end.after == end && end.missed == 0;
    }

    /** Bytes that wait. */
    long bytes() {
        return bytes;
    }

    /** Bytes that could be dropped. */
    long droppableBytes() {
        return droppableBytes;
    }

    /** Publications that could be dropped. */
    int droppable() {
        return droppable;
    }

    /**
     * Appends an event.
     *
     * @return whether an older version of the same thing was dropped
     */
    boolean add(SharedEvent event, byte[] frame) {
        Place place = new Place();
        place.frame = frame;
        if (policy.action() != SlowConsumer.CLOSE && event.event() instanceof Publication publication) {
            place.droppable = sharing(publication.position());
            place.key = latest == null ? null : event.key(publication, policy.key());
        }
        place.missedBefore(end.missed, end.lastMissed);
        end.missed = 0;
        place.before = end.before;
        place.after = end;
        end.before.after = place;
        end.before = place;
        bytes += place.cost();
        if (place.droppable == null) {
            return false;
        }
        droppable++;
        droppableBytes += place.cost();
        if (oldest == end) {
            oldest = place;
        }
        return latest != null && place.key != null && supersede(latest, place, place.key);
    }

    /** The same position; each publication comes with an epoch's string of its own. */
    private StreamPosition sharing(StreamPosition position) {
        if (!position.epoch().equals(epoch)) {
            epoch = position.epoch();
        }
        return new StreamPosition(epoch, position.offset());
    }

    private boolean supersede(Map<String, Place> latest, Place place, String key) {
        Place older = latest.put(key, place);
        if (older != null) {
            drop(older);
        }
        return older != null;
    }

    /** Drops the oldest publication; there must be one. */
    void dropOldest() {
        Place place = oldest;
        forget(place);
        drop(place);
    }

    private void drop(Place place) {
        StreamPosition position = place.droppable;
        if (position == null) {
            throw new IllegalStateException("nothing may be dropped");
        }
        place.after.missedBefore(1, position);
        place.after.missedBefore(place.missed, place.lastMissed);
        unlink(place);
    }

    private void forget(Place place) {
        if (latest != null && place.key != null) {
            boolean unused = latest.remove(place.key, place);
        }
    }

    private void unlink(Place place) {
        if (place == oldest) {
            do {
                oldest = oldest.after;
            } while (oldest != end && oldest.droppable == null);
        }
        place.before.after = place.after;
        place.after.before = place.before;
        bytes -= place.cost();
        if (place.droppable != null) {
            droppable--;
            droppableBytes -= place.cost();
        }
    }

    /** Takes the mark that is due before what is next; null for none. */
    @Nullable
    Gap takeGap() {
        Place next = end.after;
        if (next.missed == 0) {
            return null;
        }
        Gap gap = new Gap(channel, next.missed, next.lastMissed);
        next.missed = 0;
        return gap;
    }

    /** Takes the frame that is next; null for none. */
    byte @Nullable [] takeFrame() {
        Place next = end.after;
        if (next == end) {
            return null;
        }
        forget(next);
        unlink(next);
        return next.frame;
    }
}
