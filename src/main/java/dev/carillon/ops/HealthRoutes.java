package dev.carillon.ops;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
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
 * holds, so that a balancer sends clients elsewhere; {@code /health/safe} answers 503 while one more node that goes
 * would take something with it that this one owns.
 */
public final class HealthRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(HealthRoutes.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final List<ReadyCheck> ready;
    private final List<ReadyCheck> safe;

    /**
     * @param ready what must hold for this node to take clients
     * @param safe what must hold in the cluster for one more node to be stopped
     */
    public HealthRoutes(Vertx vertx, List<ReadyCheck> ready, List<ReadyCheck> safe) {
        this.vertx = vertx;
        this.ready = List.copyOf(ready);
        this.safe = List.copyOf(safe);
    }

    public void mount(Router router) {
        HealthChecks live = HealthChecks.create(vertx).register("event-loop", promise -> promise.complete(Status.OK()));
        router.get("/health/live").handler(HealthCheckHandler.createWithHealthChecks(live));
        router.get("/health/ready").handler(HealthCheckHandler.createWithHealthChecks(all(ready)));
        router.get("/health/safe").handler(HealthCheckHandler.createWithHealthChecks(all(safe)));
    }

    private HealthChecks all(List<ReadyCheck> checks) {
        HealthChecks all = HealthChecks.create(vertx);
        for (ReadyCheck check : checks) {
            all.register(check.name(), TIMEOUT.toMillis(), promise -> run(check, promise));
        }
        return all;
    }

    // What failed goes to the log, not to whoever asks.
    private static void run(ReadyCheck check, Promise<Status> promise) {
        Future.succeededFuture()
                .compose(start -> check.holds().get())
                .onFailure(cause -> LOG.warn("readiness check {} failed", check.name(), cause))
                .otherwise(false)
                .onSuccess(holds -> promise.tryComplete(holds ? Status.OK() : refusal(check)));
    }

    private static Status refusal(ReadyCheck check) {
        String why = check.why().get();
        return why.isEmpty() ? Status.KO() : Status.KO(new JsonObject().put("why", why));
    }
}
