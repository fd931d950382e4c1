package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.nodes.NodeSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** One fault after the other, drawn from the seed before the first one: the same seed gives the same schedule. */
public final class RandomFaults implements Scenario {
    /** From the end of one fault to the next, at least; the next one also waits until all nodes are ready. */
    private static final int PAUSE_SECONDS = 8;

    private final List<Step> steps = new ArrayList<>();

    private record Step(long atSecond, Fault fault, int place, int other, int lastsSeconds) {
        @Override
        public String toString() {
            return String.format("%5d s  %s", atSecond, fault.describe(place, other, lastsSeconds));
        }
    }

    /** @param network whether the links between the nodes can be hurt as well */
    public RandomFaults(long seed, Size size, boolean network) {
        Random random = new Random(seed);
        List<Fault> faults = Fault.among(network);
        long at = PAUSE_SECONDS;
        while (true) {
            Fault fault = faults.get(random.nextInt(faults.size()));
            int place = random.nextInt(size.nodes());
            int other = (place + 1 + random.nextInt(size.nodes() - 1)) % size.nodes();
            int lasts = fault.shortest() + random.nextInt(fault.longest() - fault.shortest() + 1);
            if (at + lasts + PAUSE_SECONDS > size.load().toSeconds()) {
                return;
            }
            steps.add(new Step(at, fault, place, other, lasts));
            at += lasts + fault.echoSeconds(lasts) + PAUSE_SECONDS + random.nextInt(PAUSE_SECONDS);
        }
    }

    @Override
    public String name() {
        return "random";
    }

    @Override
    public String about() {
        return "faults of all kinds, one at a time: nothing lost, nothing twice";
    }

    /** The faults to come, a line each. */
    public List<String> schedule() {
        return steps.stream().map(Step::toString).toList();
    }

    @Override
    public void play(Stage stage) {
        NodeSet nodes = stage.nodes();
        for (Step step : steps) {
            stage.awaitShare((double) step.atSecond / stage.size().load().toSeconds());
            nodes.awaitWhole();
            stage.note("fault: " + step.fault.describe(step.place, step.other, step.lastsSeconds));
            step.fault.happen(stage, step.place, step.other, Duration.ofSeconds(step.lastsSeconds));
            stage.sleep(Duration.ofSeconds(step.fault.echoSeconds(step.lastsSeconds)));
        }
        stage.awaitShare(1);
    }
}
