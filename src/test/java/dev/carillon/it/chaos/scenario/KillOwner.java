package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.client.Load;

/** {@code kill -9} of the node that owns a channel, which starts again later. */
public final class KillOwner implements Scenario {
    static final long CAUGHT_UP_WITHIN_MS = Bounds.ofSeconds(5).toMillis();

    @Override
    public String name() {
        return "kill-owner";
    }

    @Override
    public String about() {
        return "kill -9 of a channel's owner: nothing lost, nothing twice, clients caught up within 5 s of the reconnect";
    }

    @Override
    public void play(Stage stage) {
        stage.awaitShare(0.25);
        int owner = stage.ownerOf(Load.channel("0"));
        stage.kill(owner);
        stage.awaitShare(0.6);
        stage.start(owner);
        stage.awaitShare(1);
    }

    @Override
    public void judge(Outcome outcome) {
        outcome.requireAtMost(
                "longest_catch_up_ms", outcome.verdict().counts().longestCatchUpNanos / 1_000_000, CAUGHT_UP_WITHIN_MS);
    }
}
