package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.check.Expectations;
import dev.carillon.it.chaos.client.Load;
import java.util.concurrent.CompletableFuture;

/** {@code kill -9} of two nodes at once: an owner may die together with its copy. */
public final class TwoKilled implements Scenario {
    @Override
    public String name() {
        return "two-killed";
    }

    @Override
    public String about() {
        return "kill -9 of two nodes at once: streams may be lost, but whoever was on one is told";
    }

    @Override
    public Expectations expectations() {
        return Expectations.STRICT.withLoss();
    }

    @Override
    public void play(Stage stage) {
        stage.awaitShare(0.25);
        int one = stage.ownerOf(Load.channel("0"));
        int other = (one + 1 + stage.random().nextInt(stage.nodes().size() - 1))
                % stage.nodes().size();
        CompletableFuture<Void> first =
                CompletableFuture.runAsync(() -> stage.nodes().kill(one));
        stage.kill(other);
        first.join();
        stage.note("and of node " + one + " at the same time");
        stage.awaitShare(0.5);
        stage.start(one);
        stage.start(other);
        stage.awaitShare(1);
    }
}
