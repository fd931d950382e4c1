package dev.carillon.channel;

/**
 * How an event looks on one kind of socket, framing included. One instance per form and process: the hub keeps
 * encodings by identity. Stateless and safe on any thread.
 */
public interface WireForm {
    /** The bytes as they go onto the wire, or none if this form does not show such an event. */
    byte[] encode(ChannelEvent event);
}
