package dev.carillon.channel;

import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Compares the channels of all event loops with their owners. One run at a time, and at most one more waits: it begins
 * after whatever made somebody ask. Loops are read and told in slices, owners are asked in batches, so that a million
 * channels neither block a loop nor fill the heap. Safe on any thread.
 */
final class Reassertion {
    /** Channels that a loop looks at in one go. */
    static final int SLICE = 1000;

    /** Channels that owners are asked about at once: some hundred for each of Hazelcast's partitions. */
    static final int BATCH = 100_000;

    /** Between two slices a loop does what else it has to do. */
    private static final long BREATH_MILLIS = 1;

    private final List<Hub> hubs;
    private final ChannelOwner owner;
    private final HubListener listener;
    private boolean running;
    private @Nullable Promise<Reasserted> next;

    /** @param hubs may grow at any time */
    Reassertion(List<Hub> hubs, ChannelOwner owner, HubListener listener) {
        this.hubs = hubs;
        this.owner = owner;
        this.listener = listener;
    }

    Future<Reasserted> ask() {
        Promise<Reasserted> asked;
        synchronized (this) {
            asked = next;
            if (asked == null) {
                asked = Promise.promise();
                next = asked;
            }
            if (running) {
                return asked.future();
            }
            running = true;
            next = null;
        }
        run(asked);
        return asked.future();
    }

    private void run(Promise<Reasserted> asked) {
        Future<Reasserted> all = Future.succeededFuture(new Reasserted(0, 0, 0));
        for (Hub hub : hubs) {
            all = all.compose(before -> new Pass(hub).batch().map(before::plus));
        }
        all.onComplete(done -> {
            Promise<Reasserted> waiting;
            synchronized (this) {
                waiting = next;
                next = null;
                running = waiting != null;
            }
            if (done.succeeded()) {
                listener.reasserted(done.result());
            }
            asked.handle(done);
            if (waiting != null) {
                run(waiting);
            }
        });
    }

    /** One loop's part of a run. */
    private final class Pass {
        private final Hub hub;
        private final EventLoop loop;
        private int at = Integer.MAX_VALUE;
        private Reasserted outcome = new Reasserted(0, 0, 0);

        Pass(Hub hub) {
            this.hub = hub;
            loop = hub.loop();
        }

        /** Goes through all that is left, a batch at a time. */
        Future<Reasserted> batch() {
            return standings()
                    .compose(this::compare)
                    .compose(done -> at == 0 ? Future.succeededFuture(outcome) : batch());
        }

        private Future<List<Standing>> standings() {
            Promise<List<Standing>> full = Promise.promise();
            loop.execute(() -> slice(new ArrayList<>(), full));
            return full.future();
        }

        private void slice(List<Standing> into, Promise<List<Standing>> full) {
            at = hub.standings(at, SLICE, into);
            if (at == 0 || into.size() + SLICE > BATCH) {
                full.complete(into);
            } else {
                loop.schedule(() -> slice(into, full), BREATH_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        private Future<Void> compare(List<Standing> standings) {
            if (standings.isEmpty()) {
                return Future.succeededFuture();
            }
            return owner.compare(standings).compose(comparison -> {
                List<Drift> drifts = comparison.drifts();
                outcome = outcome.plus(new Reasserted(standings.size(), drifts.size(), comparison.unanswered()));
                Promise<Void> told = Promise.promise();
                loop.execute(() -> tell(drifts, 0, told));
                return told.future();
            });
        }

        private void tell(List<Drift> drifts, int from, Promise<Void> told) {
            int to = Math.min(from + SLICE, drifts.size());
            hub.drifted(drifts.subList(from, to));
            if (to == drifts.size()) {
                told.complete();
            } else {
                loop.schedule(() -> tell(drifts, to, told), BREATH_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }
}
