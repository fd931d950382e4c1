package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.check.Expectations;
import dev.carillon.it.chaos.client.Load;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Subscribers of a wide channel stop reading for a while, while the others go on. */
public final class SlowReaders implements Scenario {
    private static final int SLOW = 200;
    private static final int WIDE_BYTES = 5000;

    /** What the nodes keep for the slow ones at most: {@code limits.max-queued-bytes} each, here over three nodes. */
    private static final long KEPT_BYTES = SLOW * 1024L * 1024;

    /** A growing heap and buffers of the others, which have nothing to do with it. */
    private static final long SLACK_BYTES = 200L * 1024 * 1024;

    /** Below it, the noise of a shared machine is larger than what is looked for. */
    private static final long FLOOR_MICROS = 25_000;

    private long stoppedAt;
    private long readAgainAt;

    @Override
    public String name() {
        return "slow-readers";
    }

    @Override
    public String about() {
        return SLOW + " subscribers stop reading: memory of the nodes bounded, p99 of the others within twice, "
                + "the slow ones are told and back when they read again";
    }

    @Override
    public Expectations expectations() {
        return Expectations.STRICT.withLaggards(Load.SLOW);
    }

    @Override
    public void play(Stage stage) {
        List<String> wide = List.of(Load.channel("wide"));
        Load.Group slow = stage.load().subscribe(Load.SLOW, SLOW, wide, 0);
        stage.load().publishers("wide", 1, wide, 20, WIDE_BYTES);
        stage.load().publish(true);
        stage.awaitShare(0.3);
        stage.require(slow.isReady(), "the slow ones are subscribed in time, " + slow.missing() + " were not");
        ProcessMemory memory = new ProcessMemory(stage.nodes());
        long before = memory.residentBytes();
        stoppedAt = stage.now();
        stage.note(SLOW + " subscribers stop reading");
        slow.read(false);
        long most = before;
        for (int step = 31; step <= 75; step++) {
            stage.awaitShare(step / 100.0);
            most = Math.max(most, memory.residentBytes());
        }
        readAgainAt = stage.now();
        stage.note("they read again");
        slow.read(true);
        stage.figure("resident_mb_before", before >> 20);
        stage.figure("resident_mb_most", most >> 20);
        stage.require(
                most - before <= KEPT_BYTES + SLACK_BYTES,
                "the nodes grow by at most " + ((KEPT_BYTES + SLACK_BYTES) >> 20) + " MB, it was "
                        + ((most - before) >> 20));
        stage.awaitShare(1);
    }

    @Override
    public void judge(Outcome outcome) {
        // The first seconds warm up, and the slow ones connect.
        long from = outcome.stage().beganAt() + (stoppedAt - outcome.stage().beganAt()) / 2;
        Histogram undisturbed = outcome.latencies().of(log -> !log.name().startsWith(Load.SLOW), from, stoppedAt);
        Histogram disturbed = outcome.latencies().of(log -> !log.name().startsWith(Load.SLOW), stoppedAt, readAgainAt);
        outcome.compareP99(undisturbed, disturbed, 2, FLOOR_MICROS);
    }
}
