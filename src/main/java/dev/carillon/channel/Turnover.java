package dev.carillon.channel;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of each turn of a loop: what the turn brought to channels is written, to each socket once and with one flush, and
 * newcomers go live. Confined to the loop.
 */
final class Turnover {
    private final EventLoop loop;
    private final HubListener listener;
    private final Delivery delivery = new Delivery();
    private List<LocalChannel> dirty = new ArrayList<>();
    private boolean planned;

    /** When the first publication of this turn was taken; 0 if it has none. */
    private long turnOf;

    Turnover(EventLoop loop, HubListener listener) {
        this.loop = loop;
        this.listener = listener;
    }

    /** This turn brought a channel something that subscribers get. */
    void brought(List<SharedEvent> events) {
        if (turnOf == 0) {
            turnOf = takenAt(events);
        }
    }

    /** A channel has something to write when the turn ends, or somebody to go live. */
    void atEnd(LocalChannel channel) {
        if (channel.dirty) {
            return;
        }
        channel.dirty = true;
        dirty.add(channel);
        if (!planned) {
            planned = true;
            loop.execute(this::end);
        }
    }

    /** Writes what a channel has, without waiting for the end. */
    void writeNow(LocalChannel channel) {
        write(channel);
        delivery.flush();
    }

    private void end() {
        planned = false;
        long takenAt = turnOf;
        turnOf = 0;
        List<LocalChannel> written = dirty;
        dirty = new ArrayList<>();
        // Of a fault in one of them the others must not wait for good.
        written.forEach(channel -> channel.dirty = false);
        try {
            for (LocalChannel channel : written) {
                write(channel);
                // Those who were live before have this turn now, so that the newcomers do not get it twice.
                goLive(channel);
            }
        } finally {
            delivery.flush();
        }
        if (takenAt != 0) {
            listener.written(takenAt);
        }
    }

    private static long takenAt(List<SharedEvent> events) {
        for (SharedEvent event : events) {
            if (event.event() instanceof Publication first) {
                return first.timestampMillis();
            }
        }
        return 0;
    }

    private void write(LocalChannel channel) {
        long frames = channel.writeTurn(delivery);
        if (frames > 0) {
            listener.delivered(channel.namespace(), frames);
        }
    }

    private static void goLive(LocalChannel channel) {
        for (Subscription subscription : channel.settled()) {
            Subscription.Held held = subscription.held;
            if (held != null) {
                channel.goLive(subscription);
                channel.catchUp(subscription, held.unknown());
            }
        }
    }
}
