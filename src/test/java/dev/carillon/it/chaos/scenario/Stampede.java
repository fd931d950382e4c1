package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.check.Expectations;
import dev.carillon.it.chaos.client.Crowd;
import dev.carillon.it.chaos.client.Load;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/** Thousands of clients lose their connections at the same moment and come back. */
public final class Stampede implements Scenario {
    private static final int CROWD = 5000;
    private static final int QUIET_CHANNELS = 50;

    /** A node that has just been started compiles for tens of seconds, on the same two cores. */
    private static final int WARM_UPS = 16;

    private static final Duration GATHERING = Duration.ofSeconds(90);
    private static final Duration ALL_IN = Duration.ofSeconds(10);
    private static final long FLOOR_MICROS = 25_000;

    private long calmAt;
    private long droppedAt;
    private long backAt;

    @Override
    public String name() {
        return "stampede";
    }

    @Override
    public String about() {
        return CROWD
                + " clients reconnect at once: all in within 10 s, none refused, p99 of the others within three times";
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
        calmAt = stage.now() + Duration.ofSeconds(2).toNanos();
        stage.sleep(Duration.ofSeconds(12));
        long refusedBefore = crowd.refusedAttempts();
        droppedAt = stage.now();
        crowd.disconnect();
        stage.note("all their connections end");
        stage.require(stage.await(ALL_IN, () -> crowd.missing() > CROWD / 2), "they are disconnected");
        boolean allIn = stage.await(ALL_IN, crowd::isReady);
        backAt = stage.now();
        stage.require(allIn, "all are in within 10 s, " + crowd.missing() + " were not");
        stage.figure("all_in_ms", (backAt - droppedAt) / 1_000_000);
        stage.figure("refused_attempts", crowd.refusedAttempts() - refusedBefore);
        stage.require(crowd.refusedAttempts() == refusedBefore, "no attempt is refused");
        stage.awaitShare(1);
    }

    @Override
    public void judge(Outcome outcome) {
        Histogram undisturbed = outcome.latencies().of(log -> true, calmAt, droppedAt);
        Histogram disturbed = outcome.latencies().of(log -> true, droppedAt, backAt);
        outcome.compareP99(undisturbed, disturbed, 3, FLOOR_MICROS);
    }
}
