package dev.carillon.verticle;

import dev.carillon.ops.NodeStatistics;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the node look at itself once a second. Deployed once. */
final class StatisticsVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(StatisticsVerticle.class);

    private final NodeStatistics statistics;
    private long timer;

    StatisticsVerticle(NodeStatistics statistics) {
        this.statistics = statistics;
    }

    @Override
    public Future<?> start() {
        timer = vertx.setPeriodic(NodeStatistics.TICK_MILLIS, now -> tick());
        return Future.succeededFuture();
    }

    private void tick() {
        try {
            statistics.tick();
        } catch (RuntimeException e) {
            LOG.error("a sample of this node could not be taken", e);
        }
    }

    @Override
    public Future<?> stop() {
        vertx.cancelTimer(timer);
        return Future.succeededFuture();
    }
}
