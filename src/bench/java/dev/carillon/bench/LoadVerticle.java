package dev.carillon.bench;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;

/** Publishes at a rate, or as fast as answers come. Confined to its event loop, but for {@link #run}. */
final class LoadVerticle extends VerticleBase {
    private static final int BURST = 256;
    private static final int NANOS_PER_SECOND = 1_000_000_000;

    /** Where to: the future completes when the publication is taken. */
    interface Target {
        Future<?> publish(String name, JsonObject data);
    }

    /**
     * What to publish.
     *
     * @param name of the channel or address; what it begins with, where there are many
     * @param names how many there are, numbered from 0 and taken in turn; 0 for the one that is named
     * @param rate publications a second; 0 for as fast as answers come
     * @param seconds for how long; 0 for each name once
     * @param window publications that may wait for their answers
     * @param padding bytes
     */
    record Order(String name, int names, int rate, int seconds, int window, int padding) {}

    record Outcome(long published, long failed, double seconds) {}

    private final Target target;
    private final Order order;
    private final String padding;
    private final long from;
    private final long to;
    private final Promise<Outcome> done = Promise.promise();
    private Context home;
    private long begun;
    private long sent;
    private long answered;
    private long failed;
    private boolean over;

    /**
     * @param part which of the parts that the order is divided into, each for a verticle of its own
     * @param parts how many there are
     */
    LoadVerticle(Target target, Order order, int part, int parts) {
        this.target = target;
        this.order = order;
        this.padding = "x".repeat(order.padding());
        from = (long) order.names() * part / parts;
        to = (long) order.names() * (part + 1) / parts;
    }

    @Override
    public Future<?> start() {
        home = context;
        return Future.succeededFuture();
    }

    /** Safe on any thread. */
    Future<Outcome> run() {
        home.runOnContext(go -> {
            begun = System.nanoTime();
            long pace = vertx.setPeriodic(1, tick -> next());
            done.future().onComplete(ended -> vertx.cancelTimer(pace));
            next();
        });
        return done.future();
    }

    private void next() {
        double elapsed = (double) (System.nanoTime() - begun) / NANOS_PER_SECOND;
        long wanted = order.rate() == 0 ? Long.MAX_VALUE : (long) (elapsed * order.rate());
        over = order.seconds() == 0 ? sent >= to - from : elapsed >= order.seconds();
        for (int burst = 0; burst < BURST && !over && sent < wanted && sent - answered < order.window(); burst++) {
            publish();
            over = order.seconds() == 0 && sent >= to - from;
        }
        if (over && answered == sent) {
            boolean unused = done.tryComplete(new Outcome(sent - failed, failed, elapsed));
        }
    }

    private void publish() {
        String name = order.names() == 0 ? order.name() : order.name() + (from + sent % (to - from));
        sent++;
        JsonObject data =
                new JsonObject().put("t", System.nanoTime()).put("n", sent).put("p", padding);
        target.publish(name, data).onComplete(answer -> {
            answered++;
            if (answer.failed()) {
                failed++;
            }
            if (!over && order.rate() == 0 && sent - answered == order.window() / 2) {
                next();
            }
        });
    }
}
