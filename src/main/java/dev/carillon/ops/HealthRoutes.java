package dev.carillon.ops;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.ext.healthchecks.HealthChecks;
import io.vertx.ext.healthchecks.Status;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.healthchecks.HealthCheckHandler;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /health/live} answers as long as an event loop turns; {@code /health/ready} answers 503 unless every check
 * holds, so that a balancer sends clients elsewhere.
 */
public final class HealthRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(HealthRoutes.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final List<ReadyCheck> checks;

    public HealthRoutes(Vertx vertx, List<ReadyCheck> checks) {
        this.vertx = vertx;
        this.checks = List.copyOf(checks);
    }

    public void mount(Router router) {
        HealthChecks live = HealthChecks.create(vertx).register("event-loop", promise -> promise.complete(Status.OK()));
        HealthChecks ready = HealthChecks.create(vertx);
        for (ReadyCheck check : checks) {
            ready.register(check.name(), TIMEOUT.toMillis(), promise -> run(check, promise));
        }
        router.get("/health/live").handler(HealthCheckHandler.createWithHealthChecks(live));
        router.get("/health/ready").handler(HealthCheckHandler.createWithHealthChecks(ready));
    }

    // What failed goes to the log, not to whoever asks.
    private static void run(ReadyCheck check, Promise<Status> promise) {
        Future.succeededFuture()
                .compose(start -> check.holds().get())
                .onFailure(cause -> LOG.warn("readiness check {} failed", check.name(), cause))
                .otherwise(false)
                .onSuccess(holds -> promise.tryComplete(holds ? Status.OK() : Status.KO()));
    }
}
