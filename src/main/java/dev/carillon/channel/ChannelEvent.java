package dev.carillon.channel;

/** Something that every subscriber of a channel is told. Immutable; encoded once per {@link WireForm} and node. */
public interface ChannelEvent {
    ChannelName channel();
}
