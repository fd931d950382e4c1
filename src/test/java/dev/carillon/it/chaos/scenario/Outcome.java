package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.check.Checker;
import dev.carillon.it.chaos.check.Latencies;
import org.HdrHistogram.Histogram;

/** What a scenario's own bounds are held against. */
public record Outcome(Stage stage, Checker.Verdict verdict, Latencies latencies) {
    private static final int MANY = 99;

    /** Requires a figure of the run to be at most so much. */
    public void requireAtMost(String what, long value, long bound) {
        stage.require(value <= bound, what + " is at most " + bound + ", was " + value);
    }

    /**
     * Requires the 99th percentile of one time to be within a multiple of that of another.
     *
     * @param floorMicros what is below it is good, whatever the other was
     */
    public void compareP99(Histogram undisturbed, Histogram disturbed, int times, long floorMicros) {
        long before = undisturbed.getValueAtPercentile(MANY);
        long during = disturbed.getValueAtPercentile(MANY);
        stage.figure("p99_us_undisturbed", before);
        stage.figure("p99_us_disturbed", during);
        stage.require(
                undisturbed.getTotalCount() > 0 && disturbed.getTotalCount() > 0, "there is something to compare");
        requireAtMost("p99 of the others in µs", during, Math.max(floorMicros, times * before));
    }
}
