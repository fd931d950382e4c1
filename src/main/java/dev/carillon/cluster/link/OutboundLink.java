package dev.carillon.cluster.link;

import dev.carillon.channel.LinkListener;
import dev.carillon.cluster.owner.Packer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What goes to one node: events gather in a message until it is taken, messages are numbered, and those that were taken
 * count until the other node says that it has come past them. When all of that is too much, events are dropped and a
 * number is left out, so that the other node notices. Safe on any thread.
 */
final class OutboundLink {
    /** What a message costs beside its bytes: objects around it here and in the event bus. */
    static final int MESSAGE_COST = 512;

    private final String self;
    private final long incarnation;
    private final long maxBytes;
    private final LinkListener listener;

    private final Deque<Sent> unacknowledged = new ArrayDeque<>();
    private @Nullable Packer waiting;
    private long last;
    private long lastTaken;
    private long queued;
    private boolean dropping;
    private boolean closed;

    private record Sent(long number, long cost) {}

    /** What became of events. */
    enum Added {
        /** They wait, and nothing waited before: the message has to be taken soon. */
        FIRST,
        /** They go with what waits. */
        MORE,
        /** The link is full. */
        DROPPED
    }

    /**
     * @param incarnation greater than those of earlier links to the same node
     * @param maxBytes bound of what waits and is unacknowledged; a link with nothing queued takes a larger message too
     */
    OutboundLink(String self, long incarnation, long maxBytes, LinkListener listener) {
        this.self = self;
        this.incarnation = incarnation;
        this.maxBytes = maxBytes;
        this.listener = listener;
    }

    /** @param count how many events are packed */
    synchronized Added add(byte[] packed, int count) {
        if (closed || (queued > 0 && queued + packed.length + MESSAGE_COST > maxBytes)) {
            dropping = true;
            listener.dropped(count);
            return Added.DROPPED;
        }
        Packer message = waiting;
        if (message != null) {
            message.raw(packed);
            queue(packed.length);
            return Added.MORE;
        }
        last += dropping ? 2 : 1;
        dropping = false;
        waiting = LinkMessage.events(self, incarnation, last).raw(packed);
        queue(waiting.size() + MESSAGE_COST);
        return Added.FIRST;
    }

    /** Takes what waits; it has to be sent before anything that is taken later. Null if nothing waits. */
    synchronized byte @Nullable [] take() {
        Packer message = waiting;
        if (message == null) {
            return null;
        }
        waiting = null;
        lastTaken = last;
        unacknowledged.add(new Sent(last, message.size() + MESSAGE_COST));
        return message.toBytes();
    }

    /** A beat to be sent after everything that was taken. */
    synchronized byte[] beat(InboundLink.Heard heard, RoundTrip.Stamp stamp) {
        if (waiting == null && dropping) {
            dropping = false;
            lastTaken = ++last;
        }
        return new LinkMessage.Beat(self, incarnation, lastTaken, heard.incarnation(), heard.number(), stamp).toBytes();
    }

    byte[] goodbye() {
        return new LinkMessage.Goodbye(self, incarnation).toBytes();
    }

    /** The other node has come past a number: what was sent until then has arrived or is lost. */
    synchronized void acknowledged(InboundLink.Heard heard) {
        if (heard.incarnation() != incarnation) {
            return;
        }
        long done = 0;
        while (!unacknowledged.isEmpty() && unacknowledged.getFirst().number() <= heard.number()) {
            done += unacknowledged.removeFirst().cost();
        }
        queue(-done);
    }

    /** The node has gone: whatever is added from now on is dropped. */
    synchronized void close() {
        closed = true;
        waiting = null;
        unacknowledged.clear();
        queue(-queued);
    }

    synchronized long queuedBytes() {
        return queued;
    }

    private void queue(long bytes) {
        queued += bytes;
        if (bytes != 0) {
            listener.queued(bytes);
        }
    }
}
