package dev.carillon.cluster;

import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.core.OperationTimeoutException;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import com.hazelcast.spi.exception.RetryableException;
import dev.carillon.channel.UnavailableException;
import dev.carillon.channel.UnsettledException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one way to the owners of channels and users. A step is made only with a majority, and believed only if the
 * majority still holds after it: what a minority did among itself is undone when it is merged. Futures fail with
 * {@link UnavailableException}, and with {@link UnsettledException} where the same step repeated may come to something.
 * Every step that goes through here is harmless when repeated. Safe on any thread; futures complete on any thread.
 */
final class Owners {
    /** Longest that {@link #settle} goes on. */
    static final Duration PATIENCE = Duration.ofSeconds(15);

    /** Pauses before repeats double from the first to the last. */
    static final long FIRST_PAUSE_MILLIS = 50;

    static final long LAST_PAUSE_MILLIS = 1_000;

    /** So often it is looked for steps that are late: no timer for each of them. */
    static final long LOOK_MILLIS = 250;

    private static final int MAX_CAUSES = 8;

    private final Majority majority;
    private final Timers timers;
    private final LongSupplier ticker;
    private final Set<Settling<?>> underWay = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile boolean closed;

    /** Calls back once after a time in milliseconds, which a test may let pass as it likes. */
    interface Timers {
        void set(long millis, Runnable then);
    }

    /** A step, made anew for each attempt. */
    interface Attempt<T extends @Nullable Object> {
        /** @param again whether an attempt before may have happened, its answer having been lost */
        CompletionStage<T> make(boolean again);
    }

    /** @param ticker milliseconds on a clock that only goes forward, also while the process is stopped */
    Owners(Majority majority, Timers timers, LongSupplier ticker) {
        this.majority = majority;
        this.timers = timers;
        this.ticker = ticker;
    }

    /** Makes a step once; whoever calls repeats it. */
    <V, R> Future<R> once(
            IMap<String, V> map,
            String key,
            EntryProcessor<String, V, byte[]> step,
            Function<byte @Nullable [], R> answer) {
        return once(() -> map.submitToKey(key, step)).map(answer);
    }

    /**
     * Makes a step, again and again until its outcome is known, for {@link #PATIENCE} at most.
     *
     * @param step is told whether it may have happened before
     */
    <V, R> Future<R> settleTelling(
            IMap<String, V> map,
            String key,
            Function<Boolean, EntryProcessor<String, V, byte[]>> step,
            Function<byte @Nullable [], R> answer) {
        return settle((Attempt<byte @Nullable []>) again -> map.submitToKey(key, step.apply(again)))
                .map(answer);
    }

    /** The same for a step that is the same when repeated. */
    <V, R> Future<R> settle(
            IMap<String, V> map,
            String key,
            EntryProcessor<String, V, byte[]> step,
            Function<byte @Nullable [], R> answer) {
        return settleTelling(map, key, again -> step, answer);
    }

    /** No step is repeated any more: this node leaves. */
    void close() {
        closed = true;
    }

    /** Whether no step is made for now, nor believed: the majority is lost. */
    boolean refuse() {
        return majority.isLost();
    }

    /** Hands something to the owners. */
    interface Submit<T extends @Nullable Object> {
        CompletionStage<T> submit();
    }

    /** Asks owners once, in a way of the caller's. */
    <T extends @Nullable Object> Future<T> once(Submit<T> step) {
        UnavailableException refused = refusal();
        if (refused != null) {
            return Future.failedFuture(refused);
        }
        Promise<T> promise = Promise.promise();
        CompletionStage<T> stage;
        try {
            stage = step.submit();
        } catch (RuntimeException e) {
            return Future.failedFuture(failure(e));
        }
        // On the caller's thread: with two cores or fewer Hazelcast's own executor would start a thread for each.
        stage.whenCompleteAsync(
                (value, failure) -> {
                    if (failure != null) {
                        promise.fail(failure(failure));
                        return;
                    }
                    UnavailableException unbelieved = refusal();
                    if (unbelieved != null) {
                        promise.fail(unbelieved);
                    } else {
                        promise.complete(value);
                    }
                },
                Runnable::run);
        return promise.future();
    }

    <T extends @Nullable Object> Future<T> settle(Attempt<T> step) {
        Settling<T> settling = new Settling<>(step);
        underWay.add(settling);
        lookLater();
        settling.attempt();
        return settling.promise.future();
    }

    private void lookLater() {
        if (!looking.get() && looking.compareAndSet(false, true)) {
            timers.set(LOOK_MILLIS, this::look);
        }
    }

    /** An owner that neither answers nor leaves must not keep the caller waiting for Hazelcast's own patience. */
    private void look() {
        looking.set(false);
        for (Settling<?> settling : underWay) {
            if (settling.isLate()) {
                settling.end(new UnavailableException("an owner did not answer in time"));
            }
        }
        if (!underWay.isEmpty()) {
            lookLater();
        }
    }

    /** Why a step is not made, or not believed; null if it is. */
    private @Nullable UnavailableException refusal() {
        return switch (majority.verdict()) {
            case HOLDS -> null;
            case SETTLING -> new UnsettledException(majority.why());
            case LOST -> new UnavailableException("no majority: " + majority.why());
        };
    }

    private UnavailableException failure(Throwable cause) {
        Throwable root = cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
        return !closed && isUnknown(root)
                ? new UnsettledException("an owner gave no answer that could be believed", root)
                : new UnavailableException("the cluster did not answer", root);
    }

    /** Whether the step may have happened, or may happen a moment later; anything else is a fault that stays. */
    private static boolean isUnknown(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (cause instanceof RetryableException
                    || cause instanceof IndeterminateOperationStateException
                    || cause instanceof OperationTimeoutException
                    || cause instanceof HazelcastInstanceNotActiveException
                    || cause instanceof TimeoutException
                    || cause instanceof IOException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** One step on its way to a known outcome. */
    private final class Settling<T extends @Nullable Object> {
        private final Attempt<T> step;
        private final Promise<T> promise = Promise.promise();
        private final long begunAt = ticker.getAsLong();
        private int attempts;

        /** Attempts that were handed to an owner; others were held back, and cannot have happened. */
        private int made;

        Settling(Attempt<T> step) {
            this.step = step;
        }

        void attempt() {
            attempts++;
            once(() -> step.make(made++ > 0)).onComplete(done -> {
                if (done.succeeded() && !isLate()) {
                    underWay.remove(this);
                    boolean unused = promise.tryComplete(done.result());
                } else if (done.failed() && !(done.cause() instanceof UnsettledException)) {
                    end(done.cause());
                } else if (isLate() || closed) {
                    end(new UnavailableException(
                            "not settled after " + attempts + " attempts",
                            done.failed() ? done.cause() : new TimeoutException("slept")));
                } else {
                    long left = begunAt + PATIENCE.toMillis() - ticker.getAsLong();
                    long pause = Math.min(LAST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempts - 1, 8));
                    timers.set(Math.max(1, Math.min(pause, left)), this::again);
                }
            });
        }

        /** A process that was stopped for a while must not go on with what its clients have long given up. */
        private void again() {
            if (promise.future().isComplete()) {
                return;
            }
            if (isLate() || closed) {
                end(new UnavailableException("not settled after " + attempts + " attempts"));
            } else {
                attempt();
            }
        }

        private boolean isLate() {
            return ticker.getAsLong() - begunAt >= PATIENCE.toMillis();
        }

        private void end(Throwable cause) {
            underWay.remove(this);
            boolean unused = promise.tryFail(cause);
        }
    }
}
