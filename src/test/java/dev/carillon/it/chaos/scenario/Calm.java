package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.check.Expectations;

/** Nothing is done. What is found here is found without faults. */
public final class Calm implements Scenario {
    @Override
    public String name() {
        return "calm";
    }

    @Override
    public String about() {
        return "no fault: nobody is told of anything lost, and nobody goes offline";
    }

    @Override
    public Expectations expectations() {
        return Expectations.STRICT.withoutOffline();
    }

    @Override
    public void play(Stage stage) {
        stage.awaitShare(1);
    }
}
