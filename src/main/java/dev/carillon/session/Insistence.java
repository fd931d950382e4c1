package dev.carillon.session;

import io.netty.channel.EventLoop;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what must be done in the end, again and again with growing pauses, as long as this node lives: if it dies, others
 * clean up after it. A few things are begun at a time, so that thousands of clients that go at once leave the owners to
 * those who stay. The number of things that wait for another attempt is bounded; one more is given up, and what it
 * leaves behind goes with the next audit or, at the latest, with its session. Confined to an event loop, but for the
 * counts.
 */
public final class Insistence {
    /** A node full of clients that lost the cluster and then all of them; some 20 MB. */
    static final int MAX_WAITING = 65_536;

    private static final long FIRST_PAUSE_MS = 500;
    private static final long LONGEST_PAUSE_MS = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(Insistence.class);

    private final EventLoop loop;
    private final Turnstile turnstile;
    private final int maxWaiting;
    private volatile int waiting;
    private volatile long givenUp;

    Insistence(EventLoop loop, Turnstile turnstile) {
        this(loop, turnstile, MAX_WAITING);
    }

    Insistence(EventLoop loop, Turnstile turnstile, int maxWaiting) {
        this.loop = loop;
        this.turnstile = turnstile;
        this.maxWaiting = maxWaiting;
    }

    /** Begins in its turn. The future completes on the loop; it fails if the thing is given up. */
    Future<Void> on(String what, Supplier<Future<Void>> action) {
        Promise<Void> done = Promise.promise();
        turnstile.enter(turn -> action.get()
                .onComplete(outcome -> home(() -> {
                    if (outcome.succeeded()) {
                        turn.succeeded();
                    } else {
                        turn.ended();
                    }
                    attempted(what, action, 1, done, outcome);
                })));
        return done.future();
    }

    private void home(Runnable then) {
        if (loop.inEventLoop()) {
            then.run();
        } else {
            loop.execute(then);
        }
    }

    private void attempt(String what, Supplier<Future<Void>> action, int attempt, Promise<Void> done) {
        action.get().onComplete(outcome -> home(() -> attempted(what, action, attempt, done, outcome)));
    }

    private void attempted(
            String what, Supplier<Future<Void>> action, int attempt, Promise<Void> done, AsyncResult<Void> outcome) {
        if (outcome.succeeded()) {
            done.complete();
        } else {
            again(what, action, attempt, done, outcome.cause());
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written by the loop only
    private void again(String what, Supplier<Future<Void>> action, int attempt, Promise<Void> done, Throwable cause) {
        if (waiting >= maxWaiting) {
            if (givenUp++ == 0) {
                LOG.warn("{} failed, and {} more wait already; it is given up", what, waiting, cause);
            }
            done.fail(cause);
            return;
        }
        waiting++;
        loop.schedule(
                () -> {
                    waiting--;
                    attempt(what, action, attempt + 1, done);
                },
                pauseMillis(attempt, ThreadLocalRandom.current().nextDouble()),
                TimeUnit.MILLISECONDS);
    }

    /** Spread, so that all that failed at one moment does not come back at one moment. */
    static long pauseMillis(int attempt, double random) {
        long pause = Math.min(FIRST_PAUSE_MS << Math.min(attempt - 1, 10), LONGEST_PAUSE_MS);
        return pause / 2 + (long) (pause / 2.0 * random);
    }

    /** How many things have not had their first turn yet. */
    int waitingForTurn() {
        return turnstile.waiting();
    }

    /** How many things wait for another attempt. Safe on any thread. */
    public int waiting() {
        return waiting;
    }

    /** How many things were given up. Safe on any thread. */
    public long givenUp() {
        return givenUp;
    }
}
