package dev.carillon.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An owner of channels that answers when the test says so. */
final class ScriptedOwner implements ChannelOwner {
    /** A subscribe that waits for the test's answer. */
    record Ask(
            long interest,
            @Nullable StreamPosition since,
            @Nullable StreamPosition changesSince,
            Promise<Recovery> promise) {
        void answer(Recovery recovery) {
            promise.complete(recovery);
        }

        void fail() {
            promise.fail(new UnavailableException("for the test"));
        }
    }

    /** A comparison that waits for the test's answer. */
    record Compared(List<Standing> standings, Promise<Comparison> promise) {
        /** The only channel stands differently. */
        void answer(Drift.Kind kind, long ownerOffset) {
            promise.complete(new Comparison(List.of(new Drift(standings.get(0), kind, ownerOffset)), 0));
        }
    }

    final BlockingQueue<Ask> asks = new LinkedBlockingQueue<>();
    final BlockingQueue<Compared> comparisons = new LinkedBlockingQueue<>();
    final List<Long> unrouted = new CopyOnWriteArrayList<>();
    volatile boolean refuses;

    Ask next() throws InterruptedException {
        Ask ask = asks.poll(30, TimeUnit.SECONDS);
        assertThat(ask).as("a question to the owner").isNotNull();
        return Objects.requireNonNull(ask);
    }

    /** The question from a position, passing over others, which nobody answers. */
    Ask nextSince(StreamPosition since) throws InterruptedException {
        Ask ask = next();
        while (!since.equals(ask.since)) {
            ask = next();
        }
        return ask;
    }

    Compared compared() throws InterruptedException {
        Compared compared = comparisons.poll(30, TimeUnit.SECONDS);
        assertThat(compared).as("a comparison").isNotNull();
        return Objects.requireNonNull(compared);
    }

    @Override
    public Future<Comparison> compare(List<Standing> standings) {
        Compared compared = new Compared(standings, Promise.promise());
        comparisons.add(compared);
        return compared.promise.future();
    }

    @Override
    public Future<Appended> append(ChannelName channel, String origin, long turn, List<Draft> drafts) {
        throw new AssertionError("a hub does not append");
    }

    @Override
    public boolean refuses() {
        return refuses;
    }

    @Override
    public Future<Recovery> subscribe(
            ChannelName channel,
            long interest,
            @Nullable StreamPosition since,
            int limit,
            @Nullable StreamPosition changesSince) {
        Ask ask = new Ask(interest, since, changesSince, Promise.promise());
        asks.add(ask);
        return ask.promise.future();
    }

    @Override
    public Future<Void> unsubscribe(ChannelName channel, long interest) {
        unrouted.add(interest);
        return Future.succeededFuture();
    }
}
