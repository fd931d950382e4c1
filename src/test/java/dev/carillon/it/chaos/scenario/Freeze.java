package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.client.Load;

/** SIGSTOP of a channel's owner for half the time, so that the others take it for dead, then SIGCONT. */
public final class Freeze implements Scenario {
    @Override
    public String name() {
        return "freeze";
    }

    @Override
    public String about() {
        return "a channel's owner is frozen for half the time: nothing lost, nothing twice, neither then nor after it wakes";
    }

    @Override
    public void play(Stage stage) {
        stage.awaitShare(0.15);
        int owner = stage.ownerOf(Load.channel("0"));
        stage.pause(owner);
        stage.awaitShare(0.65);
        stage.resume(owner);
        stage.awaitShare(1);
    }
}
