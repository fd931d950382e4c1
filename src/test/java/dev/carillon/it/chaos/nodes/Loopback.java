package dev.carillon.it.chaos.nodes;

import dev.carillon.it.chaos.nodes.NodeSet.Address;
import dev.carillon.testing.FreePorts;
import java.util.List;
import java.util.Optional;

/** This machine's loopback interface, with ports that stay a node's own while it is away. */
final class Loopback implements Ground {
    private static final String HOST = "127.0.0.1";

    private final List<Integer> ports;

    Loopback(int size) {
        ports = FreePorts.pick(2 * size);
    }

    @Override
    public int size() {
        return ports.size() / 2;
    }

    @Override
    public Site site(int place) {
        return new Site(
                List.of(), new Address(HOST, ports.get(2 * place)), new Address(HOST, ports.get(2 * place + 1)));
    }

    @Override
    public Optional<Network> network() {
        return Optional.empty();
    }

    @Override
    public void close() {
        // The interface stays.
    }
}
