package dev.carillon.channel;

import java.util.Arrays;

/** An event and its encodings, each made once per node and shared by all event loops. */
final class SharedEvent {
    private static final Encoding[] NONE = {};

    private final ChannelEvent event;

    /** Replaced, never changed: two loops that encode at once cost one encoding more, no lock. */
    private volatile Encoding[] encodings = NONE;

    SharedEvent(ChannelEvent event) {
        this.event = event;
    }

    ChannelEvent event() {
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

    private record Encoding(WireForm form, byte[] bytes) {}
}
