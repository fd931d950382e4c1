package dev.carillon.channel;

import java.util.List;

/** Turns for tests of transports, which the hub makes otherwise. */
public final class Turns {
    private Turns() {}

    /** Writes what one turn brings to a subscriber, and flushes it. */
    public static void deliver(Subscriber to, List<? extends ChannelEvent> events) {
        if (events.size() == 1) {
            ChannelEvent event = events.get(0);
            Turn.each(event.channel(), to.form(), shared(events), to::writeAndFlush);
        } else {
            write(to, shared(events));
            to.flush();
        }
    }

    public static void deliver(Subscriber to, ChannelEvent... events) {
        deliver(to, List.of(events));
    }

    /** Events that several subscribers share. */
    public static List<SharedEvent> shared(List<? extends ChannelEvent> events) {
        return events.stream().map(SharedEvent::new).toList();
    }

    /** Writes events, which may be of several channels, one turn after another. */
    public static void write(Subscriber to, List<SharedEvent> events) {
        for (SharedEvent event : events) {
            Turn.each(event.event().channel(), to.form(), List.of(event), to::write);
        }
    }

    /** One turn of one channel. */
    public static Turn of(WireForm form, List<SharedEvent> events) {
        return Turn.of(events.get(0).event().channel(), form, events);
    }
}
