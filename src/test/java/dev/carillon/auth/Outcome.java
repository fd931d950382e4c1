package dev.carillon.auth;

import io.vertx.core.Future;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What became of a future, for tests that read top to bottom. */
public final class Outcome {
    private Outcome() {}

    public static <T> T of(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("failed", e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no outcome", e);
        }
    }

    public static Throwable failureOf(Future<?> future) {
        return of(future.transform(done -> done.succeeded()
                ? Future.failedFuture("succeeded with " + done.result())
                : Future.succeededFuture(done.cause())));
    }
}
