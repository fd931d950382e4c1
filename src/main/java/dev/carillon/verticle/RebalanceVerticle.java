package dev.carillon.verticle;

import dev.carillon.session.Rebalance;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has this node's {@link Rebalance} take its steps, on this verticle's event loop. */
final class RebalanceVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(RebalanceVerticle.class);
    private static final long STEP_MILLIS = 100;

    private final BiFunction<Executor, Long, Rebalance> make;
    private boolean stopping;

    /** @param make given what runs on this event loop, and the time in milliseconds on a clock that only goes forward */
    RebalanceVerticle(BiFunction<Executor, Long, Rebalance> make) {
        this.make = make;
    }

    @Override
    public Future<?> start() {
        Context here = context;
        schedule(make.apply(task -> here.runOnContext(now -> task.run()), nowMillis()));
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        stopping = true;
        return Future.succeededFuture();
    }

    // One shot, then again, and a fault must not end it.
    private void schedule(Rebalance rebalance) {
        vertx.setTimer(STEP_MILLIS, now -> {
            if (!stopping) {
                try {
                    rebalance.step(nowMillis());
                } catch (RuntimeException e) {
                    LOG.warn("clients could not be asked to move", e);
                }
                schedule(rebalance);
            }
        });
    }

    private static long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
