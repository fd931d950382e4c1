package dev.carillon.it.chaos.scenario;

import java.time.Duration;

/**
 * How long things may take. {@code scripts/chaos}, where figures are taken, holds them to the promise; every build asks what
 * is right and what is lost, on machines that stand still for seconds, and gives them more.
 */
final class Bounds {
    private static final int TIMES = Integer.getInteger("carillon.chaos.patience", 1);

    private Bounds() {}

    static Duration ofSeconds(int promised) {
        return Duration.ofSeconds((long) promised * TIMES);
    }
}
