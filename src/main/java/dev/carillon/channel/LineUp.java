package dev.carillon.channel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The live subscribers of one channel, loop and form, side by side for the fan-out. */
final class LineUp {
    final WireForm form;
    private final ChannelName channel;
    private Subscription[] live = new Subscription[2];
    private int count;

    LineUp(ChannelName channel, WireForm form) {
        this.channel = channel;
        this.form = form;
    }

    void add(Subscription subscription) {
        if (count == live.length) {
            live = Arrays.copyOf(live, count + (count >> 1) + 1);
        }
        subscription.index = count;
        live[count++] = subscription;
    }

    /** The last one takes the place of the one that leaves. */
    void remove(Subscription subscription) {
        int index = subscription.index;
        Subscription last = live[--count];
        live[index] = last;
        last.index = index;
        live[count] = null;
        subscription.index = -1;
        if (live.length > 16 && count < live.length / 4) {
            live = Arrays.copyOf(live, live.length / 2);
        }
    }

    int size() {
        return count;
    }

    /** Brings to each what a turn of the loop brought. */
    void write(List<SharedEvent> events, Delivery delivery) {
        for (Turn turn : Turn.split(channel, form, events)) {
            delivery.add(turn);
            // From the last to the first, because a subscriber that is too slow leaves while written to.
            for (int i = count - 1; i >= 0; i--) {
                delivery.bring(turn, live[i].subscriber);
            }
        }
    }

    List<Subscription> all() {
        return new ArrayList<>(Arrays.asList(live).subList(0, count));
    }
}
