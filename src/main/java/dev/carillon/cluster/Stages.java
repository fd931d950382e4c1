package dev.carillon.cluster;

import dev.carillon.channel.UnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Hazelcast's stages as futures. They complete on whichever thread brought the answer; whoever waits hops home. */
final class Stages {
    private Stages() {}

    /**
     * A future of the stage, its answer mapped. Any failure of the cluster is an {@link UnavailableException}: the step
     * may or may not have happened.
     */
    static <T extends @Nullable Object, R> Future<R> future(CompletionStage<T> stage, Function<T, R> answer) {
        Promise<R> promise = Promise.promise();
        // On the caller's thread: with two cores or fewer Hazelcast's own executor would start a thread for each.
        stage.whenCompleteAsync(
                (value, failure) -> {
                    if (failure != null) {
                        promise.fail(new UnavailableException("the cluster did not answer", failure));
                        return;
                    }
                    try {
                        promise.complete(answer.apply(value));
                    } catch (RuntimeException e) {
                        promise.fail(e);
                    }
                },
                Runnable::run);
        return promise.future();
    }
}
