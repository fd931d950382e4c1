package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.check.Expectations;

/** All nodes, one after the other, as an upgrade does it. */
public final class RollingRestart implements Scenario {
    @Override
    public String name() {
        return "rolling-restart";
    }

    @Override
    public String about() {
        return "SIGTERM and start of all nodes in turn: nothing lost, nothing twice, no publish fails, nobody goes offline";
    }

    @Override
    public Expectations expectations() {
        return Expectations.STRICT.withoutOffline();
    }

    @Override
    public void play(Stage stage) {
        for (int place = 0; place < stage.nodes().size(); place++) {
            stage.awaitShare(0.1 + 0.8 * place / stage.nodes().size());
            stage.restart(place);
            stage.nodes().awaitWhole();
        }
        stage.awaitShare(1);
    }

    @Override
    public void judge(Outcome outcome) {
        outcome.requireAtMost("recoveries_incomplete", outcome.verdict().counts().recoveriesIncomplete, 0);
    }
}
