package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.check.Checker;
import dev.carillon.it.chaos.check.Latencies;
import dev.carillon.it.chaos.check.Position;
import dev.carillon.it.chaos.client.Load;
import dev.carillon.it.chaos.history.History;
import dev.carillon.it.chaos.nodes.NodeSet;
import io.vertx.core.json.JsonObject;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One run of a scenario on nodes that are up: load, faults, healing, quiet, and the judgement. The nodes stay up, so that
 * what they are like afterwards can be looked into.
 */
public final class Run {
    private static final Duration CONNECTING = Duration.ofSeconds(60);

    /** Longer than the nodes' grace period for users who are gone. */
    private static final Duration LINGERING = Duration.ofSeconds(8);

    private static final int ONLINE_EVERY = 10;

    private final NodeSet nodes;
    private final Scenario scenario;
    private final Size size;
    private final long seed;
    private final Consumer<String> out;
    private final RunClock clock = new RunClock();

    /** @param out gets the journal, line by line */
    public Run(NodeSet nodes, Scenario scenario, Size size, long seed, Consumer<String> out) {
        this.nodes = nodes;
        this.scenario = scenario;
        this.size = size;
        this.seed = seed;
        this.out = out;
    }

    /** Plays it to the end. */
    public Report play() {
        Load load = new Load(nodes, seed, clock::nanos);
        Stage stage = new Stage(nodes, load, size, new Random(seed), clock, out);
        Map<Integer, Position> heads;
        Set<Integer> connected;
        try {
            load.subscribe("s", size.subscribers(), Load.channels(size.channels()), ONLINE_EVERY);
            load.publishers("p", size.publishers(), Load.channels(size.channels()), Size.PUBLISHES_PER_SECOND, 40);
            stage.require(
                    stage.await(CONNECTING, load::isReady), "all subscribers are subscribed within " + CONNECTING);
            stage.note(size.subscribers() + " subscribers are there");
            load.publish(true);
            stage.sleep(size.warmUp());
            stage.begin();
            stage.note("begin of " + scenario.name() + ", seed " + seed);
            scenario.play(stage);
            stage.awaitShare(1);
            stage.heal();
            load.publish(false);
            heads = quiet(stage, load);
            connected = load.connected();
        } finally {
            load.close();
        }
        return judge(stage, load.history(), heads, connected);
    }

    /** Waits until every publication has its ack and every subscriber is where the streams end. */
    private Map<Integer, Position> quiet(Stage stage, Load load) {
        long healedAt = stage.now();
        stage.require(
                stage.await(size.patience(), () -> load.waiting() == 0),
                "every publication is acknowledged within " + size.patience().toSeconds() + " s");
        Map<Integer, Position> heads = heads(stage, load.history());
        boolean caughtUp = stage.await(size.patience(), () -> load.behind(heads) == 0);
        stage.figure("converged_ms_after_healing", (stage.now() - healedAt) / 1_000_000);
        stage.require(
                caughtUp,
                "every subscriber is at the head within " + size.patience().toSeconds() + " s, " + load.behind(heads)
                        + " were not");
        stage.sleep(LINGERING);
        Map<Integer, Position> withOnline = heads(stage, load.history());
        if (caughtUp) {
            stage.require(
                    stage.await(size.patience(), () -> load.behind(withOnline) == 0),
                    "every subscriber is still at the head when users were announced");
        }
        return withOnline;
    }

    /** Where the streams end, from the first node that knows. */
    private Map<Integer, Position> heads(Stage stage, History history) {
        Map<Integer, Position> heads = new HashMap<>();
        stage.require(
                stage.await(size.patience(), () -> askForHeads(stage, history, heads)), "a node tells the channels");
        return heads;
    }

    private boolean askForHeads(Stage stage, History history, Map<Integer, Position> heads) {
        try {
            for (String prefix : new String[] {Load.channel(""), "online"}) {
                nodes.api(
                                stage.anyUp(),
                                "channels",
                                new JsonObject().put("prefix", prefix).put("limit", 1000))
                        .getJsonArray("channels")
                        .forEach(each -> {
                            JsonObject channel = (JsonObject) each;
                            heads.put(
                                    history.channels().number(channel.getString("channel")),
                                    new Position(
                                            history.epochs().number(channel.getString("epoch")),
                                            channel.getLong("offset")));
                        });
            }
            return true;
        } catch (UncheckedIOException notNow) {
            return false;
        }
    }

    private Report judge(Stage stage, History history, Map<Integer, Position> heads, Set<Integer> connected) {
        Checker.Verdict verdict = Checker.check(history, heads, stage.beganAt(), connected, scenario.expectations());
        Latencies latencies = new Latencies(history);
        scenario.judge(new Outcome(stage, verdict, latencies));
        return new Report(scenario, seed, size, stage, verdict, latencies.perSecond());
    }
}
