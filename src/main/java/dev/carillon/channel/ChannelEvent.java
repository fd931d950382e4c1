package dev.carillon.channel;

/** Something that every subscriber of a channel is told. Immutable; encoded once per {@link WireForm} and node. */
public interface ChannelEvent {
    ChannelName channel();

    /** Its place among the events of its kind; {@link StreamPosition#NONE} if nobody counts them. */
    default StreamPosition position() {
        return StreamPosition.NONE;
    }

    /** Whether in a rush it is soon enough when subscribers are told together with what comes a moment later. */
    default boolean mayWait() {
        return false;
    }
}
