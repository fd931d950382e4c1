package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.check.Expectations;
import java.util.List;

/** A fault, or several, done to nodes under load. */
public interface Scenario {
    /** How it is asked for, such as {@code kill-owner}. */
    String name();

    /** What is done, and the bound. */
    String about();

    /** The fewest nodes it makes sense with. */
    default int nodes() {
        return 3;
    }

    /** Settings of the nodes, {@code key=value}, on top of those of every run. */
    default List<String> settings() {
        return List.of();
    }

    default Expectations expectations() {
        return Expectations.STRICT;
    }

    /** Whether it does something to the links between nodes, which processes on loopback cannot have. */
    default boolean needsNetwork() {
        return false;
    }

    /** Does the faults, within the stage's time. What is left hurt when it returns is made whole. */
    void play(Stage stage);

    /** Holds the outcome against the bounds of the scenario itself, after the rules of every run. */
    default void judge(Outcome outcome) {}
}
