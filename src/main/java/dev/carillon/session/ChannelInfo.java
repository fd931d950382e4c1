package dev.carillon.session;

import dev.carillon.channel.StreamPosition;
import java.util.List;

/**
 * A channel, for operators.
 *
 * @param kept publications held
 * @param members sessions in its presence list
 * @param owner id of the node that holds its stream; empty while it moves
 * @param nodes ids of the nodes with subscribers
 */
public record ChannelInfo(
        String channel, StreamPosition position, int kept, int members, String owner, List<String> nodes) {}
