package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.nodes.Network;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Links between nodes that lose or delay packets, all the time: slower, but nothing else. */
public final class PoorLinks implements Scenario {
    private final String name;
    private final String what;
    private final Consumer<Network> fault;

    private PoorLinks(String name, String what, Consumer<Network> fault) {
        this.name = name;
        this.what = what;
        this.fault = fault;
    }

    /** @param share of the packets, 0 to 1 */
    public static Scenario losing(double share) {
        String percent = Math.round(share * 100) + " %";
        return new PoorLinks("packet-loss", percent + " of the packets are lost", network -> network.loss(share));
    }

    /** @param oneWay added to each packet */
    public static Scenario slow(Duration oneWay) {
        return new PoorLinks(
                "slow-links", "each packet takes " + oneWay.toMillis() + " ms", network -> network.delay(oneWay));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String about() {
        return what + " between nodes: nothing acknowledged is lost, and nobody leaves the cluster";
    }

    @Override
    public boolean needsNetwork() {
        return true;
    }

    @Override
    public void play(Stage stage) {
        Membership membership = Membership.from(stage.nodes());
        stage.note(what);
        fault.accept(stage.nodes().network().orElseThrow());
        stage.awaitShare(1);
        for (int place = 0; place < stage.nodes().size(); place++) {
            List<String> leaves = membership.leaves(place);
            stage.require(leaves.isEmpty(), "nobody leaves, node " + place + " says " + leaves);
        }
        new Healing(stage).play();
    }
}
