package dev.carillon.it.chaos.nodes;

import dev.carillon.it.chaos.nodes.NodeSet.Address;
import java.util.List;
import java.util.Optional;

/** Where nodes stand: the addresses of each place, and the network between them. */
public interface Ground extends AutoCloseable {
    /** How many nodes there is room for. */
    int size();

    /** What belongs to a place for as long as the ground is there. */
    Site site(int place);

    /** What can be done to the links between the nodes; empty if they cannot be told from others. */
    Optional<Network> network();

    @Override
    void close();

    /**
     * One node's place.
     *
     * @param prefix a command that runs another one there, and becomes it; empty for none
     * @param clients where clients reach the node
     * @param members where other members reach it, on the same host
     */
    record Site(List<String> prefix, Address clients, Address members) {}
}
