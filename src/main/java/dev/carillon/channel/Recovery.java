package dev.carillon.channel;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a subscriber is told when it joins a stream.
 *
 * @param position of the newest publication at that moment
 * @param recovered whether {@code missed} is all that came after the position the subscriber gave; false without one
 * @param missed in order, without a hole; empty unless recovered
 * @param changes of the member list; null where subscribers are not told of them
 */
public record Recovery(
        StreamPosition position,
        boolean recovered,
        List<Publication> missed,
        @Nullable Changes changes) {
    /** Joining an ephemeral channel. */
    public static final Recovery EPHEMERAL = new Recovery(StreamPosition.NONE, false, List.of());

    public Recovery {
        missed = List.copyOf(missed);
    }

    public Recovery(StreamPosition position, boolean recovered, List<Publication> missed) {
        this(position, recovered, missed, null);
    }

    /** The same, with what there is to know of the member list. */
    public Recovery with(@Nullable Changes known) {
        return known == null ? this : new Recovery(position, recovered, missed, known);
    }

    /** The same, or an unrecovered one if what was missed is larger than a client can be sent at once. */
    public Recovery within(long maxBytes) {
        return bytes() <= maxBytes ? this : new Recovery(position, false, List.of(), changes);
    }

    /** Bytes of data in what was missed. */
    public long bytes() {
        long bytes = 0;
        for (Publication publication : missed) {
            bytes += publication.data().size();
        }
        return bytes;
    }
}
