package dev.carillon.it.chaos.scenario;

/** The time of a run, from 0 on. Safe on any thread. */
final class RunClock {
    private final long began = System.nanoTime();

    long nanos() {
        return System.nanoTime() - began;
    }
}
