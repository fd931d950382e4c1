package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.check.Expectations;
import dev.carillon.it.chaos.client.Crowd;
import dev.carillon.it.chaos.client.Load;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/** Thousands of clients lose their connections at the same moment and come back. */
public final class Stampede implements Scenario {
    private static final int CROWD = 5000;
    private static final int QUIET_CHANNELS = 50;

    /** A node that has just been started compiles for tens of seconds, on the same two cores. */
    private static final int WARM_UPS = 16;

    /** Whatever else runs on the machine makes one return twice as bad as the next: the one in the middle counts. */
    private static final int RETURNS = 5;

    private static final Duration GATHERING = Duration.ofSeconds(180);
    private static final Duration ALL_IN = Duration.ofSeconds(10);
    private static final long FLOOR_MICROS = 25_000;

    private final List<Return> returns = new ArrayList<>();

    private record Return(long calmAt, long droppedAt, long backAt) {}

    private record P99(Histogram undisturbed, Histogram disturbed) {
        double ratio() {
            return (double) disturbed.getValueAtPercentile(99) / undisturbed.getValueAtPercentile(99);
        }
    }

    @Override
    public String name() {
        return "stampede";
    }

    @Override
    public String about() {
        return CROWD
                + " clients reconnect at once, five times: all in within 10 s, none refused, p99 of the others, the middle one of five, within three times";
    }

    /** Longer than it takes all to come back, also to nodes that have just been started. */
    @Override
    public List<String> settings() {
        return List.of("presence.grace=30s");
    }

    @Override
    public Expectations expectations() {
        return Expectations.STRICT.withoutOffline();
    }

    @Override
    public void play(Stage stage) {
        List<String> quiet = IntStream.range(0, QUIET_CHANNELS)
                .mapToObj(i -> Load.channel("quiet" + i))
                .toList();
        Crowd crowd = stage.load().crowd(CROWD, quiet);
        stage.require(stage.await(GATHERING, crowd::isReady), "the crowd gathers, " + crowd.missing() + " did not");
        stage.note(CROWD + " clients are there");
        for (int i = 0; i < WARM_UPS; i++) {
            crowd.disconnect();
            stage.require(stage.await(GATHERING, () -> crowd.missing() > CROWD / 2), "they are disconnected");
            stage.require(stage.await(GATHERING, crowd::isReady), "the crowd gathers again");
        }
        stage.note("and have come back " + WARM_UPS + " times, so that nodes do compiled what they do all day");
        for (int i = 0; i < RETURNS; i++) {
            returnOfAll(stage, crowd);
        }
        stage.awaitShare(1);
    }

    private void returnOfAll(Stage stage, Crowd crowd) {
        long calmAt = stage.now() + Duration.ofSeconds(2).toNanos();
        stage.sleep(Duration.ofSeconds(12));
        long refusedBefore = crowd.refusedAttempts();
        long droppedAt = stage.now();
        crowd.disconnect();
        stage.note("all their connections end");
        stage.require(stage.await(ALL_IN, () -> crowd.missing() > CROWD / 2), "they are disconnected");
        boolean allIn = stage.await(ALL_IN, crowd::isReady);
        long backAt = stage.now();
        stage.require(allIn, "all are in within 10 s, " + crowd.missing() + " were not");
        stage.require(stage.await(GATHERING, crowd::isReady), "they come in the end");
        stage.require(crowd.refusedAttempts() == refusedBefore, "no attempt is refused");
        stage.figure("all_in_ms_" + (returns.size() + 1), (backAt - droppedAt) / 1_000_000);
        returns.add(new Return(calmAt, droppedAt, backAt));
    }

    @Override
    public void judge(Outcome outcome) {
        List<P99> all = new ArrayList<>();
        for (Return one : returns) {
            P99 p99 = new P99(
                    outcome.latencies().of(log -> true, one.calmAt, one.droppedAt),
                    outcome.latencies().of(log -> true, one.droppedAt, one.backAt));
            all.add(p99);
            outcome.stage().figure("p99_percent_" + all.size(), Math.round(100 * p99.ratio()));
        }
        all.sort(Comparator.comparingDouble(P99::ratio));
        P99 middle = all.get(all.size() / 2);
        outcome.compareP99(middle.undisturbed, middle.disturbed, 3, FLOOR_MICROS);
    }
}
