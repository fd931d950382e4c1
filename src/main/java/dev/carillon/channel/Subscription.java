package dev.carillon.channel;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber on one channel. Until it is live it holds back what arrives, so that the subscriber can first be told
 * its position and what it missed. Confined to the hub's event loop.
 */
public final class Subscription {
    final LocalChannel channel;
    final Subscriber subscriber;

    /** Its place in its line-up; -1 while it joins and after it ended. */
    int index = -1;

    /** What is held back while it joins; null once live or ended. */
    @Nullable
    Held held;

    /** Whether the owner's word has come, so that this subscriber is bound to the stream it spoke of. */
    boolean answered;

    /** @param from offset that the loop has come to; 0 if it does not know yet, or the channel is ephemeral */
    Subscription(LocalChannel channel, Subscriber subscriber, long from) {
        this.channel = channel;
        this.subscriber = subscriber;
        held = new Held(from);
    }

    public ChannelName channel() {
        return channel.name();
    }

    boolean isJoining() {
        return held != null;
    }

    /** Neither live nor joining any more. */
    void end() {
        index = -1;
        held = null;
    }

    /** What was held back is of a stream that is over. */
    void forgetPublications() {
        Held now = held;
        if (now != null) {
            now.events.removeIf(event -> event.event() instanceof Publication);
        }
    }

    /** What arrives before the subscriber knows where it stands. */
    static final class Held {
        /** Events held while a subscriber joins; one more and its position is lost. */
        static final int MAX = 4096;

        private final List<SharedEvent> events = new ArrayList<>(0);

        /** Everything that comes after this offset is held, nothing that came before. */
        long from;

        /** The offset the subscriber was told, 0 for an ephemeral channel; -1 before it was told. */
        long told = -1;

        Held(long from) {
            this.from = from;
        }

        /** Holds an event back; false if there are too many. */
        boolean add(SharedEvent event) {
            if (events.size() >= MAX) {
                return false;
            }
            events.add(event);
            return true;
        }

        /** What was held and the subscriber does not know yet. */
        List<SharedEvent> unknown() {
            List<SharedEvent> unknown = new ArrayList<>(events.size());
            for (SharedEvent event : events) {
                boolean known = event.event() instanceof Publication publication
                        && !publication.isEphemeral()
                        && publication.offset() <= told;
                if (!known) {
                    unknown.add(event);
                }
            }
            return unknown;
        }
    }
}
