package dev.carillon.channel;

/** What a hub reports; called on its event loop. */
public interface HubListener {
    HubListener NONE = new HubListener() {};

    /** Frames of a namespace were written to sockets. */
    default void delivered(String namespace, long frames) {}

    /**
     * A turn of the loop that has a publication was written and flushed. Called once a turn, however many are in it.
     *
     * @param publishedAtMillis when the first publication in it was taken, by the clock of the node that took it
     */
    default void written(long publishedAtMillis) {}

    /**
     * A publication came ahead of its turn and is held back.
     *
     * @param depth how many are held back now on this channel and loop
     */
    default void heldBack(int depth) {}

    /** What a channel lacked was read from its owner. */
    default void holeFilled() {}

    /** A channel was found to stand differently at its owner, and is repaired. */
    default void drifted(Drift.Kind kind) {}

    /** All channels of this node were compared with their owners. Called on any thread. */
    default void reasserted(Reasserted outcome) {}

    /** A channel's stream could not be continued for this many subscriptions. */
    default void positionLost(int subscriptions) {}
}
