package dev.carillon.channel;

/**
 * Tells one subscriber that it does not get some publications of a channel, because it reads too slowly. It stands where
 * they would have been: with a position it means exactly the {@code missed} publications that end at {@code last}.
 *
 * @param missed how many, at least 1
 * @param last position of the last of them; {@link StreamPosition#NONE} in an ephemeral namespace
 */
public record Gap(ChannelName channel, long missed, StreamPosition last) implements ChannelEvent {}
