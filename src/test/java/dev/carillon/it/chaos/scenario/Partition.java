package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.nodes.Network;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The nodes are parted into two groups that hear nothing of one another, while clients reach all of them. The larger
 * group goes on, the smaller one refuses, and after the healing all are where the streams end.
 */
public final class Partition implements Scenario {
    private final int larger;
    private final int smaller;
    private final Duration lasts;

    /** @param lasts time until the healing */
    public Partition(int larger, int smaller, Duration lasts) {
        this.larger = larger;
        this.smaller = smaller;
        this.lasts = lasts;
    }

    @Override
    public String name() {
        return "partition-" + larger + "-" + smaller;
    }

    @Override
    public String about() {
        return "cut " + larger + " : " + smaller + " for " + lasts.toSeconds()
                + " s: the smaller part refuses writes with "
                + "101 and is not ready, the larger goes on, all converge within " + Healing.BOUND.toSeconds()
                + " s of the healing, nothing acknowledged is lost";
    }

    @Override
    public int nodes() {
        return larger + smaller;
    }

    /** As many copies as nodes are lost at once. */
    @Override
    public List<String> settings() {
        return List.of("cluster.copies=" + smaller);
    }

    @Override
    public boolean needsNetwork() {
        return true;
    }

    @Override
    public void play(Stage stage) {
        List<Integer> places =
                new ArrayList<>(IntStream.range(0, nodes()).boxed().toList());
        Collections.shuffle(places, stage.random());
        Set<Integer> minority = new HashSet<>(places.subList(0, smaller));
        Set<Integer> majority = new HashSet<>(places.subList(smaller, places.size()));
        Probe probe = new Probe(stage);
        Network network = stage.nodes().network().orElseThrow();

        stage.note("cut between " + majority + " and " + minority);
        long cutAt = stage.now();
        network.isolate(majority, minority);
        List<Probe.Watch> watches = places.stream()
                .map(place -> probe.watch(place, majority.contains(place), cutAt))
                .toList();
        watches.forEach(Probe.Watch::end);
        long left = cutAt + lasts.toNanos() - stage.now();
        stage.sleep(Duration.ofNanos(Math.max(0, left)));
        minority.forEach(probe::stillRefuses);
        majority.forEach(probe::stillServes);

        new Healing(stage).play();
    }
}
