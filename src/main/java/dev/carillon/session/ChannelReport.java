package dev.carillon.session;

import dev.carillon.channel.StreamPosition;
import java.util.List;

/**
 * A channel as an operator sees it, over all nodes.
 *
 * @param position of its newest publication; {@link StreamPosition#NONE} for an ephemeral one
 * @param kept publications held
 * @param members sessions in its presence
 * @param subscribers sessions that are told its publications
 * @param publishesPerSecond accepted over the last seconds
 * @param owner id of the node that holds its stream; empty while it moves
 * @param nodes what each node has to do with it: those with subscribers or publishers, by id
 */
public record ChannelReport(
        String channel,
        StreamPosition position,
        int kept,
        int members,
        int subscribers,
        double publishesPerSecond,
        String owner,
        List<Part> nodes) {
    public ChannelReport {
        nodes = List.copyOf(nodes);
    }

    /** One node's part in it. */
    public record Part(String node, int subscribers, double publishesPerSecond) {}
}
