package dev.carillon.channel;

import java.util.List;
import java.util.Set;

/** The way to the nodes with subscribers. Safe on any thread. */
public interface Routes {
    /**
     * Sends events to nodes, this one among them. Those of one caller thread arrive in order, or do not arrive: a
     * receiver finds holes by offsets.
     *
     * @param nodes ids of nodes; one that left is passed over
     */
    void send(Set<String> nodes, List<? extends ChannelEvent> events);
}
