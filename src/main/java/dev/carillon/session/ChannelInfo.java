package dev.carillon.session;

import dev.carillon.channel.StreamPosition;
import java.util.List;

/**
 * A channel, for operators.
 *
 * @param kept publications held
 * @param members sessions in its presence list
 * @param nodes ids of the nodes with subscribers
 */
public record ChannelInfo(String channel, StreamPosition position, int kept, int members, List<String> nodes) {}
