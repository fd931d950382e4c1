package dev.carillon.it.chaos.nodes;

import java.time.Duration;
import java.util.Set;

/**
 * The links between nodes, and between clients and nodes. Faults are silent: packets vanish, no connection is refused
 * or reset. Faults of different kinds add up until {@link #heal}. Nodes are named by their places in a {@link NodeSet}.
 */
public interface Network {
    /** Drops what one node sends to another; the way back is untouched. */
    void cutOneWay(int from, int to);

    /** Drops what two nodes send to one another. */
    default void cut(int one, int other) {
        cutOneWay(one, other);
        cutOneWay(other, one);
    }

    /** Drops everything between the nodes of one group and those of the other; each group stays whole. */
    default void isolate(Set<Integer> one, Set<Integer> other) {
        one.forEach(a -> other.forEach(b -> cut(a, b)));
    }

    /** Drops everything between clients and a node, both ways; nodes still reach it. */
    void cutClients(int place);

    /** Loses a share of the packets between any two nodes, drawn with the seed that the set was made with. */
    void loss(double share);

    /** Holds each packet between any two nodes for so long, one way. */
    void delay(Duration oneWay);

    /** Ends all faults; what was dropped stays lost. */
    void heal();
}
