package dev.carillon.bus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A bounded number of attempts. Full jitter between them: what failed for many at once must not come back at once.
 *
 * @param attempts in all, the first included
 * @param min shortest wait
 * @param max longest wait
 */
record Retry(int attempts, Duration min, Duration max) {
    static final Retry DEFAULTS = new Retry(3, Duration.ofMillis(50), Duration.ofSeconds(2));

    /** Runs a step until it succeeds, fails with what {@code temporary} refuses, or attempts run out. */
    <T> Future<T> run(Vertx vertx, Supplier<Future<T>> step, Predicate<Throwable> temporary) {
        return attempt(0, vertx, step, temporary);
    }

    /** The wait after attempt {@code n}; the first is 0. */
    Duration waitAfter(int n, double random) {
        long upper = Math.min(max.toMillis(), min.toMillis() << Math.min(n + 2, 20));
        return Duration.ofMillis(min.toMillis() + (long) (random * Math.max(0, upper - min.toMillis())));
    }

    private <T> Future<T> attempt(int n, Vertx vertx, Supplier<Future<T>> step, Predicate<Throwable> temporary) {
        return step.get().recover(cause -> {
            if (n + 1 >= attempts || !temporary.test(cause)) {
                return Future.failedFuture(cause);
            }
            Duration wait = waitAfter(n, ThreadLocalRandom.current().nextDouble());
            return vertx.timer(Math.max(1, wait.toMillis())).compose(waited -> attempt(n + 1, vertx, step, temporary));
        });
    }
}
