package dev.carillon.channel;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One channel on one event loop: who is live, who is joining, and what this turn of the loop brought. */
final class LocalChannel {
    private final ChannelName name;
    private @Nullable Sequence sequence;

    /** Of joins and leaves; made when there is something to count. */
    private @Nullable Sequence changes;

    private final List<LineUp> lineUps = new ArrayList<>(1);
    private final List<Subscription> joining = new ArrayList<>(1);
    private List<SharedEvent> turn = new ArrayList<>();

    /** Its place in the loop's row of channels. */
    int place;

    /** The newest interest of this loop that reached the owner; 0 before the first did. */
    long interest;

    /** Whether the owner has to be asked how the channel stands, even if nothing seems to be missing. */
    boolean inDoubt;

    /** Likewise of its joins and leaves. */
    boolean changesInDoubt;

    /** What is under way or planned to read what is missing. */
    @Nullable
    Repair repair;

    /** Whether this turn of the loop brought something. */
    boolean dirty;

    /** Whether its turn waits for more; {@link Gathering}'s own mark, as the next. */
    boolean gathers;

    /** When it was told last of what may wait, in milliseconds of the hub's clock. */
    long gatheredAt = Long.MIN_VALUE / 2;

    /** @param sequence null for an ephemeral channel */
    LocalChannel(ChannelName name, @Nullable Sequence sequence) {
        this.name = name;
        this.sequence = sequence;
    }

    ChannelName name() {
        return name;
    }

    String namespace() {
        return name.namespace();
    }

    @Nullable
    Sequence sequence() {
        return sequence;
    }

    /** What puts an event in order; null if nobody counts it. */
    @Nullable
    Sequence sequenceOf(ChannelEvent event) {
        if (event instanceof Publication) {
            return sequence;
        }
        return event.position().equals(StreamPosition.NONE) ? null : changes();
    }

    /** Puts joins and leaves in order. */
    Sequence changes() {
        Sequence begun = changes;
        if (begun == null) {
            begun = new Sequence();
            changes = begun;
        }
        return begun;
    }

    /** The owner does not count joins and leaves; those that waited for its word. */
    List<SharedEvent> countNoChanges() {
        Sequence counted = changes;
        changes = null;
        return counted == null ? List.of() : counted.release();
    }

    /** The newest join or leave that came, as far as there is no hole; null before the owner's word. */
    @Nullable
    StreamPosition lastChange() {
        return changes == null ? null : changes.position();
    }

    Subscription join(Subscriber subscriber) {
        StreamPosition here = position();
        Subscription subscription = new Subscription(this, subscriber, here == null ? 0 : here.offset());
        joining.add(subscription);
        return subscription;
    }

    /**
     * What one that subscribes is to be told, if it is certain here: the channel is routed to this node, nothing is
     * missing or in doubt, and nothing was missed since. It may be a moment behind the owner, as those who are live.
     *
     * @param since the last that the subscriber has; null for from now on
     */
    @Nullable
    Recovery knows(@Nullable StreamPosition since) {
        if (interest == 0 || repair != null || needsRepair()) {
            return null;
        }
        if (sequence == null) {
            return Recovery.EPHEMERAL;
        }
        StreamPosition here = sequence.position();
        if (here == null || here.epoch().isEmpty() || (since != null && !since.equals(here))) {
            return null;
        }
        return new Recovery(here, since != null, List.of());
    }

    /** The sequence begins after an offset: who is joining holds nothing of what came up to it. */
    void holdFrom(long offset) {
        for (Subscription subscription : joining) {
            Subscription.Held held = subscription.held;
            if (held != null) {
                held.from = offset;
            }
        }
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

    /** Brings to subscribers what this turn brought; returns how many frames that is. */
    long writeTurn(Delivery delivery) {
        if (turn.isEmpty()) {
            return 0;
        }
        List<SharedEvent> events = turn;
        turn = new ArrayList<>(1);
        long frames = 0;
        for (int i = lineUps.size() - 1; i >= 0; i--) {
            LineUp lineUp = lineUps.get(i);
            frames += (long) lineUp.size() * events.size();
            lineUp.write(events, delivery);
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

    /** Whether the owner has to be asked. Never before it told where the stream stands: that is under way then. */
    boolean needsRepair() {
        Sequence now = sequence;
        if (now != null && now.position() == null) {
            return false;
        }
        return streamNeedsRepair() || changesInDoubt || (changes != null && changes.isBehind());
    }

    boolean streamNeedsRepair() {
        return inDoubt || (sequence != null && sequence.isBehind());
    }

    /** Whether all that it needs are publications that have not come. */
    boolean isOnlyBehind() {
        return !inDoubt && !changesInDoubt && (changes == null || !changes.isBehind());
    }

    /** Where the stream stands here; null if nobody counts it, and before the owner told. */
    @Nullable
    StreamPosition position() {
        return sequence == null ? null : sequence.position();
    }

    /** How the channel stands here; nothing while the owner's first word is under way. */
    @Nullable
    Standing standing() {
        StreamPosition here = position();
        return interest == 0 || (sequence != null && here == null)
                ? null
                : new Standing(name, interest, here, lastChange());
    }

    /**
     * The stream is over: begins anew for those who still wait for the owner's word.
     *
     * @return all others, whose subscriptions have ended with it
     */
    List<Subscription> restart() {
        List<Subscription> ended = new ArrayList<>();
        lineUps.forEach(lineUp -> ended.addAll(lineUp.all()));
        lineUps.clear();
        turn = new ArrayList<>(1);
        joining.removeIf(subscription -> subscription.answered && ended.add(subscription));
        ended.forEach(Subscription::end);
        joining.forEach(Subscription::forgetPublications);
        sequence = new Sequence();
        repair = null;
        inDoubt = true; // Of what those who are left missed meanwhile.
        return ended;
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
        LineUp lineUp = new LineUp(name, form);
        lineUp.add(subscription);
        lineUps.add(lineUp);
    }

    /** Writes to one that has just gone live what it does not know yet. */
    void catchUp(Subscription subscription, List<SharedEvent> unknown) {
        if (!unknown.isEmpty()) {
            Subscriber subscriber = subscription.subscriber;
            Turn.each(name, subscriber.form(), unknown, subscriber::write);
            subscriber.flush();
        }
    }

    void leave(Subscription subscription) {
        if (subscription.index < 0) {
            joining.remove(subscription);
            subscription.end();
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

    /** Those who are live or joining. */
    int size() {
        int size = joining.size();
        for (LineUp lineUp : lineUps) {
            size += lineUp.size();
        }
        return size;
    }

    boolean isEmpty() {
        return lineUps.isEmpty() && joining.isEmpty();
    }
}
