package dev.carillon.channel;

/** Something that every subscriber of a channel is told. Immutable; encoded once per {@link WireForm} and node. */
public interface ChannelEvent {
    ChannelName channel();

    /** Whether in a rush it is soon enough when subscribers are told together with what comes a moment later. */
    default boolean mayWait() {
        return false;
    }
}
