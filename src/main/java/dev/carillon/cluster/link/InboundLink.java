package dev.carillon.cluster.link;

/**
 * What comes from one node: tells from the numbers whether something did not come, and when an acknowledgement is due.
 * The first thing that is heard of an incarnation counts as a hole, because nobody knows what came before. Safe on any
 * thread.
 */
final class InboundLink {
    /** Received bytes after which an acknowledgement does not wait for the next beat. */
    static final int ACKNOWLEDGE_BYTES = 1024 * 1024;

    private long incarnation;
    private long number;
    private long heardMillis;
    private long unacknowledged;
    private boolean leaving;

    /**
     * How far a link has been heard.
     *
     * @param incarnation 0 if nothing was heard
     */
    record Heard(long incarnation, long number) {}

    /** @param nowMillis on the clock of all calls; silence counts from here */
    InboundLink(long nowMillis) {
        heardMillis = nowMillis;
    }

    /** Events came; whether something before them did not. */
    synchronized boolean received(long linkIncarnation, long messageNumber, int bytes, long nowMillis) {
        heardMillis = nowMillis;
        unacknowledged += bytes + OutboundLink.MESSAGE_COST;
        return advance(linkIncarnation, messageNumber, number + 1);
    }

    /** A beat came; whether something that was sent before it did not. */
    synchronized boolean beat(long linkIncarnation, long last, long nowMillis) {
        heardMillis = nowMillis;
        return advance(linkIncarnation, last, number);
    }

    private boolean advance(long linkIncarnation, long now, long expected) {
        if (linkIncarnation < incarnation || (linkIncarnation == incarnation && now <= number)) {
            return false; // Late, by a connection that was replaced: what it brings has been counted as missing.
        }
        boolean hole = linkIncarnation > incarnation || now > expected;
        incarnation = linkIncarnation;
        number = now;
        return hole;
    }

    /** The other node leaves in order. */
    synchronized void goodbye() {
        leaving = true;
    }

    synchronized Heard heard() {
        return new Heard(incarnation, number);
    }

    /** Whether so much came since the last acknowledgement that the next one is due; then it counts as given. */
    synchronized boolean takeAcknowledgement() {
        boolean due = unacknowledged >= ACKNOWLEDGE_BYTES;
        if (due) {
            unacknowledged = 0;
        }
        return due;
    }

    /** For how long nothing came that should have. */
    synchronized long silentMillis(long nowMillis) {
        return leaving ? 0 : nowMillis - heardMillis;
    }
}
