package dev.carillon.channel;

/**
 * What a publisher is told.
 *
 * @param position of the publication; of the first one if it is a duplicate; {@link StreamPosition#NONE} if ephemeral
 * @param duplicate whether a publication of the same key was there already
 */
public record Ack(StreamPosition position, boolean duplicate) {}
