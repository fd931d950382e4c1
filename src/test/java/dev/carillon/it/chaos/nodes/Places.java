package dev.carillon.it.chaos.nodes;

import dev.carillon.it.chaos.nodes.NodeSet.Address;
import java.util.List;

/** Where clients find nodes: each place keeps its address over the lives of its node. */
public interface Places {
    /** Places, whether their nodes run or not. */
    int size();

    /** Where clients reach the node of a place; the same in each of its lives. */
    Address address(int place);

    /** Places of known addresses. */
    static Places of(List<Address> addresses) {
        return new Places() {
            @Override
            public int size() {
                return addresses.size();
            }

            @Override
            public Address address(int place) {
                return addresses.get(place);
            }
        };
    }
}
