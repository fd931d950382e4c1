package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.nodes.Network;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Two nodes no longer hear one another, while the oldest hears both; once that is healed the oldest dies, and those two
 * have to go on together.
 */
public final class Estrangement implements Scenario {
    /** Longer than it takes nodes to give one another up. */
    private static final Duration LASTS = Duration.ofSeconds(14);

    private static final int OLDEST = 0;

    @Override
    public String name() {
        return "estrangement";
    }

    @Override
    public String about() {
        return "two nodes do not hear one another for " + LASTS.toSeconds()
                + " s, then, healed, lose the oldest, which heard both: they go on as one, and nothing acknowledged is"
                + " lost";
    }

    @Override
    public boolean needsNetwork() {
        return true;
    }

    @Override
    public void play(Stage stage) {
        Network network = stage.nodes().network().orElseThrow();
        List<Integer> survivors =
                IntStream.range(1, stage.nodes().size()).boxed().toList();
        stage.note("nodes 1 and 2 no longer hear one another");
        network.cut(1, 2);
        stage.sleep(LASTS);
        new Healing(stage).play();
        survivors.forEach(place -> stage.nodes().awaitSafe(place));

        long killedAt = stage.now();
        stage.kill(OLDEST);
        Probe probe = new Probe(stage);
        List<Probe.Watch> watches = survivors.stream()
                .map(place -> probe.watch(place, true, killedAt))
                .toList();
        watches.forEach(Probe.Watch::end);
        survivors.forEach(probe::stillServes);
        stage.start(OLDEST);
        new Healing(stage).play();
    }
}
