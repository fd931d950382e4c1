package dev.carillon.channel;

import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An event and what is made of it, each made once per node and shared by all event loops. Safe on any thread. */
public final class SharedEvent {
    private static final Encoding[] NONE = {};

    private final ChannelEvent event;

    /** Replaced, never changed: two loops that encode at once cost one encoding more, no lock. */
    private volatile Encoding[] encodings = NONE;

    private volatile @Nullable String key;

    SharedEvent(ChannelEvent event) {
        this.event = event;
    }

    public ChannelEvent event() {
        return event;
    }

    byte[] encoded(WireForm form) {
        Encoding[] known = encodings;
        for (Encoding encoding : known) {
            if (encoding.form == form) {
                return encoding.bytes;
            }
        }
        byte[] bytes = form.encode(event);
        Encoding[] more = Arrays.copyOf(known, known.length + 1);
        more[known.length] = new Encoding(form, bytes);
        encodings = more;
        return bytes;
    }

    /**
     * What of several publications makes them versions of one thing, looked for when somebody first asks.
     *
     * @param find the same for all events of a channel
     */
    public String key(Publication publication, Function<Payload, String> find) {
        String known = key;
        if (known == null) {
            known = find.apply(publication.data());
            key = known;
        }
        return known;
    }

    private record Encoding(WireForm form, byte[] bytes) {}
}
