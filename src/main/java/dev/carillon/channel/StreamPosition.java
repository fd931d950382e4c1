package dev.carillon.channel;

/**
 * A place in a channel's stream.
 *
 * @param epoch opaque; changes when the stream was lost, and offsets of two epochs cannot be compared
 * @param offset of the last publication seen, 0 before the first
 */
public record StreamPosition(String epoch, long offset) {
    /** The position of a channel that keeps none: an ephemeral one. */
    public static final StreamPosition NONE = new StreamPosition("", 0);
}
