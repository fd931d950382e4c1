package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.check.Position;
import dev.carillon.it.chaos.client.Load;
import dev.carillon.it.chaos.history.History;
import io.vertx.core.json.JsonObject;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * The network becomes whole, and so has everything that depends on it: publishers pause so that the streams have an end,
 * and all subscribers, those of the nodes that were cut off too, have to reach it in time.
 */
final class Healing {
    static final Duration BOUND = Bounds.ofSeconds(10);

    private final Stage stage;
    private final Probe probe;

    Healing(Stage stage) {
        this.stage = stage;
        probe = new Probe(stage);
    }

    void play() {
        stage.note("the network heals");
        stage.nodes().network().orElseThrow().heal();
        long healedAt = stage.now();
        stage.load().publish(false);
        within(
                healedAt,
                "acked",
                "every publication is acknowledged",
                () -> stage.load().waiting() == 0);
        within(
                healedAt,
                "whole",
                "all nodes are ready, know one another and take publications",
                () -> IntStream.range(0, stage.nodes().size()).allMatch(probe::isWhole));
        within(healedAt, "caught_up", "every subscriber is at the head", this::isCaughtUp);
        stage.load().publish(true);
    }

    // Looked at until long after the bound, so that a run tells how late it was.
    private void within(long healedAt, String name, String what, BooleanSupplier holds) {
        boolean held = stage.await(BOUND.multipliedBy(4), holds);
        long took = TimeUnit.NANOSECONDS.toMillis(stage.now() - healedAt);
        stage.figure(name + "_ms_after_healing", took);
        stage.require(
                held && took <= BOUND.toMillis(),
                what + " within " + BOUND.toSeconds() + " s of the healing, it took " + took + " ms");
    }

    private boolean isCaughtUp() {
        try {
            return stage.load().behind(heads()) == 0;
        } catch (UncheckedIOException notNow) {
            return false;
        }
    }

    private Map<Integer, Position> heads() {
        History history = stage.load().history();
        Map<Integer, Position> heads = new HashMap<>();
        JsonObject asked = new JsonObject().put("prefix", Load.channel("")).put("limit", 1000);
        stage.nodes()
                .api(stage.anyUp(), "channels", asked)
                .getJsonArray("channels")
                .forEach(each -> {
                    JsonObject channel = (JsonObject) each;
                    heads.put(
                            history.channels().number(channel.getString("channel")),
                            new Position(
                                    history.epochs().number(channel.getString("epoch")), channel.getLong("offset")));
                });
        return heads;
    }
}
