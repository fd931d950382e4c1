package dev.carillon.channel;

/** What a hub reports; called on its event loop. */
public interface HubListener {
    HubListener NONE = new HubListener() {};

    /** Frames were written to sockets. */
    default void delivered(long frames) {}

    /** A hole before held publications was filled from the owner. */
    default void holeFilled() {}

    /** A channel's stream could not be continued for this many subscriptions. */
    default void positionLost(int subscriptions) {}
}
