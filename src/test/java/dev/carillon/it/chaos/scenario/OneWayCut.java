package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.nodes.Network;
import java.time.Duration;

/** One node no longer hears another, which hears it well. Whoever goes stays away until the healing, and comes back once. */
public final class OneWayCut implements Scenario {
    private static final Duration LASTS = Duration.ofSeconds(30);

    private final boolean oldest;

    /** @param oldest whether the oldest node is the one that does not hear; else neither of the two is the oldest */
    public OneWayCut(boolean oldest) {
        this.oldest = oldest;
    }

    @Override
    public String name() {
        return oldest ? "one-way-oldest" : "one-way";
    }

    @Override
    public String about() {
        return "what one node sends to " + (oldest ? "the oldest" : "another") + " vanishes for " + LASTS.toSeconds()
                + " s: nothing acknowledged is lost, nobody leaves twice, all converge within "
                + Healing.BOUND.toSeconds() + " s of the healing";
    }

    @Override
    public boolean needsNetwork() {
        return true;
    }

    @Override
    public void play(Stage stage) {
        // The first node was started alone.
        int deaf = oldest ? 0 : 1;
        int mute = deaf + 1;
        Membership membership = Membership.from(stage.nodes());
        Network network = stage.nodes().network().orElseThrow();
        stage.note("node " + deaf + " no longer hears node " + mute);
        network.cutOneWay(mute, deaf);
        stage.sleep(LASTS);
        new Healing(stage).play();
        stage.figure("leaves_of_one_node", membership.mostLeaves());
        stage.require(membership.mostLeaves() <= 1, "no node leaves twice");
    }
}
