package dev.carillon.channel;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One channel on one event loop: who is live, who is joining, and what this turn of the loop brought. */
final class LocalChannel {
    private final ChannelName name;
    private final @Nullable Sequence sequence;
    private final List<LineUp> lineUps = new ArrayList<>(1);
    private final List<Subscription> joining = new ArrayList<>(1);
    private List<SharedEvent> turn = new ArrayList<>();

    /** Whether a fill of a hole is under way or planned. */
    boolean filling;

    /** Whether this turn of the loop brought something. */
    boolean dirty;

    /** @param sequence null for an ephemeral channel */
    LocalChannel(ChannelName name, @Nullable Sequence sequence) {
        this.name = name;
        this.sequence = sequence;
    }

    ChannelName name() {
        return name;
    }

    @Nullable
    Sequence sequence() {
        return sequence;
    }

    Subscription join(Subscriber subscriber) {
        Subscription subscription = new Subscription(this, subscriber);
        joining.add(subscription);
        return subscription;
    }

    /** Takes what every subscriber is to be told; returns those that could hold no more. */
    List<Subscription> emit(SharedEvent event) {
        List<Subscription> full = List.of();
        for (Subscription subscription : joining) {
            Subscription.Held held = subscription.held;
            if (held != null && !held.add(event)) {
                full = new ArrayList<>(full);
                full.add(subscription);
            }
        }
        if (!lineUps.isEmpty()) {
            turn.add(event);
        }
        return full;
    }

    boolean hasTurn() {
        return !turn.isEmpty();
    }

    /** Writes what this turn brought; returns how many frames went to sockets. */
    long writeTurn(List<Subscriber> touched) {
        if (turn.isEmpty()) {
            return 0;
        }
        List<SharedEvent> events = turn;
        turn = new ArrayList<>(1);
        long frames = 0;
        for (int i = lineUps.size() - 1; i >= 0; i--) {
            LineUp lineUp = lineUps.get(i);
            frames += (long) lineUp.size() * events.size();
            lineUp.write(events, touched);
        }
        return frames;
    }

    /** Those that were told their position and wait until this loop has come as far. */
    List<Subscription> settled() {
        if (joining.isEmpty()) {
            return List.of();
        }
        StreamPosition here = sequence == null ? StreamPosition.NONE : sequence.position();
        List<Subscription> settled = new ArrayList<>();
        for (Subscription subscription : joining) {
            Subscription.Held held = subscription.held;
            if (held != null && held.told >= 0 && here != null && here.offset() >= held.told) {
                settled.add(subscription);
            }
        }
        return settled;
    }

    /** Whether a joining subscriber was told of publications that have not reached this loop. */
    boolean isAwaited() {
        StreamPosition here = sequence == null ? null : sequence.position();
        for (Subscription subscription : joining) {
            Subscription.Held held = subscription.held;
            if (held != null && here != null && held.told > here.offset()) {
                return true;
            }
        }
        return false;
    }

    void goLive(Subscription subscription) {
        joining.remove(subscription);
        subscription.held = null;
        WireForm form = subscription.subscriber.form();
        for (LineUp lineUp : lineUps) {
            if (lineUp.form == form) {
                lineUp.add(subscription);
                return;
            }
        }
        LineUp lineUp = new LineUp(form);
        lineUp.add(subscription);
        lineUps.add(lineUp);
    }

    void leave(Subscription subscription) {
        if (subscription.index < 0) {
            joining.remove(subscription);
            subscription.held = null;
            return;
        }
        WireForm form = subscription.subscriber.form();
        for (int i = 0; i < lineUps.size(); i++) {
            LineUp lineUp = lineUps.get(i);
            if (lineUp.form == form) {
                lineUp.remove(subscription);
                if (lineUp.size() == 0) {
                    lineUps.remove(i);
                }
                return;
            }
        }
    }

    boolean isEmpty() {
        return lineUps.isEmpty() && joining.isEmpty();
    }

    List<Subscription> all() {
        List<Subscription> all = new ArrayList<>(joining);
        for (LineUp lineUp : lineUps) {
            all.addAll(lineUp.all());
        }
        return all;
    }
}
