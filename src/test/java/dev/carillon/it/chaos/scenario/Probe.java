package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.nodes.NodeSet.Answer;
import io.vertx.core.json.JsonObject;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Asks nodes from outside how they stand, as a load balancer and a publishing server do. */
final class Probe {
    /** Until a silent cut is noticed; nodes wait for one another's heartbeats, and a busy machine may be late. */
    private static final Duration NOTICED = Bounds.ofSeconds(15);

    /** A node that knows that it may not write does not try for long. */
    private static final Duration AT_ONCE = Bounds.ofSeconds(2);

    /** Beside the channels under test. */
    private static final String CHANNEL = "feed:probe";

    private static final String UNAVAILABLE = "101";

    private final Stage stage;

    Probe(Stage stage) {
        this.stage = stage;
    }

    /** A node under observation: what it takes until it answers as it should, in milliseconds since some moment. */
    final class Watch {
        private final int place;
        private final boolean serves;
        private final CompletableFuture<Long> publishes;
        private final CompletableFuture<Long> ready;

        private Watch(int place, boolean serves, long since) {
            this.place = place;
            this.serves = serves;
            String wanted = serves ? "" : UNAVAILABLE;
            // Side by side: a publish that hangs must not hide what readiness says.
            publishes = later(since, () -> publish(place).equals(wanted));
            ready = later(since, () -> isReady(place) == serves);
        }

        private CompletableFuture<Long> later(long since, BooleanSupplier condition) {
            return CompletableFuture.supplyAsync(
                    () -> stage.await(NOTICED, condition) ? millisSince(since) : Long.MAX_VALUE, Probe::start);
        }

        /** Waits for the end of the watch, and requires that it was a good one. */
        void end() {
            tell(publishes.join(), serves ? "takes_publications" : "refuses_publications");
            tell(ready.join(), serves ? "is_ready" : "is_not_ready");
        }

        private void tell(long millis, String what) {
            if (millis < Long.MAX_VALUE) {
                stage.figure("node_" + place + "_" + what + "_after_ms", millis);
            }
            stage.require(
                    millis <= NOTICED.toMillis(),
                    "node " + place + " " + what.replace('_', ' ') + " within " + NOTICED.toSeconds()
                            + " s of the cut");
        }
    }

    // A thread of their own each: they wait.
    private static void start(Runnable task) {
        Thread thread = new Thread(task, "probe");
        thread.setDaemon(true);
        thread.start();
    }

    /** Begins to wait until a node refuses publications, or takes them, and its readiness says the same. */
    Watch watch(int place, boolean serves, long since) {
        return new Watch(place, serves, since);
    }

    /** Requires that a node which has noticed refuses at once, and says why where operators look. */
    void stillRefuses(int place) {
        long before = stage.now();
        String answer = publish(place);
        stage.require(answer.equals(UNAVAILABLE), "node " + place + " refuses with 101, but answered " + answer);
        stage.require(
                stage.now() - before < AT_ONCE.toNanos(),
                "node " + place + " refuses within " + AT_ONCE.toMillis() + " ms, it took " + millisSince(before));
        Answer ready = ready(place);
        stage.require(
                ready.status() == 503 && ready.body().contains("majority"),
                "node " + place + " is not ready and names the majority: " + ready);
    }

    void stillServes(int place) {
        String answer = publish(place);
        stage.require(answer.isEmpty(), "node " + place + " takes publications, but answered " + answer);
        Answer ready = ready(place);
        stage.require(ready.status() == 200, "node " + place + " is ready, but answered " + ready);
    }

    /** Whether a node is ready, takes publications and knows all the others. */
    boolean isWhole(int place) {
        return isReady(place)
                && publish(place).isEmpty()
                && known(place) == stage.nodes().size();
    }

    private int known(int place) {
        try {
            return stage.nodes()
                    .api(place, "nodes", new JsonObject())
                    .getJsonArray("nodes")
                    .size();
        } catch (UncheckedIOException notNow) {
            return 0;
        }
    }

    private boolean isReady(int place) {
        return ready(place).status() == 200;
    }

    private Answer ready(int place) {
        try {
            return stage.nodes().get(place, "/health/ready");
        } catch (UncheckedIOException noAnswer) {
            return new Answer(0, String.valueOf(noAnswer.getMessage()));
        }
    }

    /** Nothing if it was taken, 101 if it was refused with that code, else what came instead. */
    private String publish(int place) {
        try {
            JsonObject publication = new JsonObject().put("channel", CHANNEL).put("data", "probe");
            JsonObject ack = stage.nodes().api(place, "publish", publication);
            return ack.containsKey("offset") ? "" : ack.encode();
        } catch (UncheckedIOException refused) {
            String why = String.valueOf(refused.getMessage());
            return why.matches("(?s).*\"code\" ?: ?101\\b.*") ? UNAVAILABLE : why;
        }
    }

    private long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(stage.now() - nanos);
    }
}
