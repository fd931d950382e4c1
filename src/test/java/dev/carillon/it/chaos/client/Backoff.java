package dev.carillon.it.chaos.client;

import java.util.random.RandomGenerator;

/** Waits between attempts, with full jitter, as the protocol has it; shorter than a client's own defaults. */
record Backoff(long minMs, long maxMs) {
    static final Backoff QUICK = new Backoff(300, 3000);

    long waitMs(int attempt, RandomGenerator random) {
        long top = Math.min(maxMs, minMs << Math.min(attempt + 1, 20));
        return minMs + (long) (random.nextDouble() * (top - minMs));
    }
}
