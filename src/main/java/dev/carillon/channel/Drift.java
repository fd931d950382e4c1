package dev.carillon.channel;

/**
 * A channel that stands differently at its owner than this node believed.
 *
 * @param believed what the owner was asked about
 * @param ownerOffset of the newest publication at the owner, if this node is behind; 0 otherwise
 */
public record Drift(Standing believed, Kind kind, long ownerOffset) {
    /** What is wrong. */
    public enum Kind {
        /** The owner does not send to this node, or does so by a routing that something under way may still undo. */
        UNROUTED,
        /** The owner's stream is another one, or ends before what came here. */
        OTHER_STREAM,
        /** The owner has more than came here; it may be on its way. */
        BEHIND,
        /** The member list is another one, or has changes that did not come here; they may be on their way. */
        PRESENCE
    }
}
