package dev.carillon.it.chaos.nodes;

import dev.carillon.it.chaos.nodes.NodeSet.Address;
import dev.carillon.testing.netlab.NetLab;
import java.time.Duration;
import java.util.Optional;

/**
 * A network of the nodes' own, each node on a host that is a network namespace; what happens between them can be told,
 * and misbehave. Needs root, without which the test is skipped.
 */
public final class LabGround implements Ground {
    private static final int CLIENT_PORT = 8080;
    private static final int MEMBER_PORT = 5701;

    private final int size;
    private final NetLab lab;

    /** @param seed of the packets that are lost */
    public LabGround(int size, long seed) {
        this.size = size;
        lab = NetLab.open(size, seed);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Site site(int place) {
        String host = lab.address(place);
        return new Site(lab.prefix(place), new Address(host, CLIENT_PORT), new Address(host, MEMBER_PORT));
    }

    /** The network itself, for what only single connections can tell. */
    public NetLab lab() {
        return lab;
    }

    @Override
    public Optional<Network> network() {
        return Optional.of(new Network() {
            @Override
            public void cutOneWay(int from, int to) {
                lab.cutOneWay(from, to);
            }

            @Override
            public void cutClients(int place) {
                lab.cut(place, NetLab.CLIENTS);
            }

            @Override
            public void loss(double share) {
                lab.loss(100 * share);
            }

            @Override
            public void delay(Duration oneWay) {
                lab.delay(oneWay.toMillis(), 0);
            }

            @Override
            public void heal() {
                lab.heal();
            }
        });
    }

    @Override
    public void close() {
        lab.close();
    }
}
