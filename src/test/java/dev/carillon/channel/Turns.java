package dev.carillon.channel;

import java.util.List;

/** Turns for tests of transports, which the hub makes otherwise. */
public final class Turns {
    private Turns() {}

    /** What one turn brings a subscriber, encoded for its form. */
    public static Turn of(WireForm form, List<? extends ChannelEvent> events) {
        return new Turn(events.stream().map(form::encode).toList());
    }

    /** Writes and flushes one turn to a subscriber. */
    public static void deliver(Subscriber to, byte[]... frames) {
        Turn turn = new Turn(List.of(frames));
        to.write(turn);
        to.flush();
        turn.release();
    }
}
