package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.nodes.Network;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * All clients of a node lose it, and it loses them, without a word; nodes still reach one another. Both sides have to
 * find out by themselves.
 */
public final class ClientsCut implements Scenario {
    /** The settings' interval and timeout, and what a client needs to look, to back off and to connect. */
    private static final Duration FOUND = Duration.ofSeconds(3 + 5);

    @Override
    public String name() {
        return "clients-cut";
    }

    @Override
    public String about() {
        return "all packets between one node and its clients vanish for 20 s: the clients go elsewhere and miss nothing, "
                + "the node drops its half-open connections, and nobody goes offline who is there";
    }

    @Override
    public List<String> settings() {
        return List.of("heartbeat.interval=2s", "heartbeat.timeout=1s");
    }

    @Override
    public boolean needsNetwork() {
        return true;
    }

    @Override
    public void play(Stage stage) {
        int place = stage.random().nextInt(stage.nodes().size());
        long clients = stage.load().at(place);
        Network network = stage.nodes().network().orElseThrow();
        stage.note("cut between node " + place + " and its " + clients + " clients");
        long cutAt = stage.now();
        network.cutClients(place);
        boolean moved = stage.await(
                FOUND.multipliedBy(3),
                () -> stage.load().at(place) == 0 && stage.load().isReady());
        long took = TimeUnit.NANOSECONDS.toMillis(stage.now() - cutAt);
        stage.figure("elsewhere_after_ms", took);
        stage.require(
                moved && took <= FOUND.toMillis(), "all clients are elsewhere within " + FOUND.toSeconds() + " s");
        stage.sleep(Duration.ofSeconds(20).minusMillis(took));
        network.heal();
        stage.note("the network heals");
    }
}
