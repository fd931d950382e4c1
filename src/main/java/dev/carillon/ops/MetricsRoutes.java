package dev.carillon.ops;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /metrics}, in the text format of Prometheus, or of OpenMetrics where the {@code Accept} header asks for it. */
public final class MetricsRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsRoutes.class);
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final PrometheusMeterRegistry registry;

    MetricsRoutes(PrometheusMeterRegistry registry) {
        this.registry = registry;
    }

    public void mount(Router router) {
        router.get("/metrics").handler(this::scrape);
    }

    // Reading every meter takes milliseconds, and some of them ask the operating system.
    private void scrape(RoutingContext http) {
        String accept = http.request().getHeader(HttpHeaders.ACCEPT);
        String type = accept != null && accept.contains("application/openmetrics-text") ? OPEN_METRICS : TEXT;
        http.vertx()
                .executeBlocking(() -> registry.scrape(type), false)
                .onFailure(http::fail)
                .compose(text -> http.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, type)
                        .end(text))
                .onFailure(gone -> LOG.debug("metrics were not read to the end", gone));
    }
}
