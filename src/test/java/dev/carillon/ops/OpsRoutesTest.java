package dev.carillon.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.api.HttpNode;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.session.SessionListener;
import dev.carillon.session.SlowConsumerListener;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OpsRoutesTest {
    private final AtomicReference<Future<Boolean>> joined = new AtomicReference<>(Future.succeededFuture(true));
    private final AtomicReference<Future<Boolean>> copies = new AtomicReference<>(Future.succeededFuture(true));
    private final Metrics metrics =
            new Metrics(Map.of("feed", NamespaceSettings.DEFAULTS, "lobby", NamespaceSettings.DEFAULTS));
    private HttpNode node;

    @BeforeEach
    void start() {
        Vertx vertx = metrics.instrument(Vertx.builder(), new VertxOptions()).build();
        List<ReadyCheck> checks = List.of(
                new ReadyCheck("joined", joined::get),
                new ReadyCheck("not-draining", () -> Future.succeededFuture(true)));
        node = new HttpNode(vertx, router -> {
            new HealthRoutes(vertx, checks, List.of(new ReadyCheck("copies", copies::get))).mount(router);
            metrics.routes().mount(router);
        });
    }

    @AfterEach
    void stop() {
        node.close();
        metrics.close();
    }

    @Test
    void aNodeIsReadyWhileEveryCheckHolds() {
        HttpResponse<Buffer> ready = fetch("/health/ready");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.bodyAsJsonObject().getString("status")).isEqualTo("UP");

        joined.set(Future.succeededFuture(false));

        HttpResponse<Buffer> not = fetch("/health/ready");
        assertThat(not.statusCode()).isEqualTo(503);
        assertThat(not.bodyAsJsonObject().getJsonArray("checks").encode())
                .contains("{\"id\":\"joined\",\"status\":\"DOWN\"}", "{\"id\":\"not-draining\",\"status\":\"UP\"}");
        assertThat(fetch("/health/live").statusCode()).isEqualTo(200);
    }

    @Test
    void aNodeGoesOnTakingClientsWhileCopiesAreMadeButNoFurtherNodeShouldGo() {
        assertThat(fetch("/health/safe").statusCode()).isEqualTo(200);

        copies.set(Future.succeededFuture(false));

        assertThat(fetch("/health/safe").statusCode()).isEqualTo(503);
        assertThat(fetch("/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void aCheckThatFailsIsAsGoodAsNoAndTellsNothingOfItself() {
        joined.set(Future.failedFuture("member at 10.0.0.7 is gone"));

        HttpResponse<Buffer> not = fetch("/health/ready");

        assertThat(not.statusCode()).isEqualTo(503);
        assertThat(not.bodyAsString()).doesNotContain("10.0.0.7");
    }

    @Test
    void sessionsAreCounted() {
        SessionListener sessions = metrics.sessions();
        sessions.opened("websocket");
        sessions.opened("websocket");
        sessions.authenticated("websocket", true);
        sessions.closed("websocket", 4004);
        sessions.refused(203);
        sessions.published("feed");
        sessions.recovered(true);

        assertThat(scrape())
                .contains(
                        "carillon_connections{transport=\"websocket\"} 1.0",
                        "carillon_connections_opened_total{transport=\"websocket\"} 2.0",
                        "carillon_sessions_authenticated_total{transport=\"websocket\"} 1.0",
                        "carillon_connections_closed_total{code=\"4004\",transport=\"websocket\"} 1.0",
                        "carillon_refusals_total{code=\"203\"} 1.0",
                        "carillon_publications_total{namespace=\"feed\"} 1.0",
                        "carillon_publications_total{namespace=\"lobby\"} 0.0",
                        "carillon_sessions_returned_total{transport=\"websocket\"} 1.0",
                        "carillon_recoveries_total{outcome=\"complete\"} 1.0");
    }

    @Test
    void whoReadsTooSlowlyIsCountedByNamespaceAndPolicy() {
        SlowConsumerListener slow = metrics.slowConsumers();
        slow.closed("feed");
        slow.closed("");
        slow.gap("lobby");
        slow.dropped("lobby");
        slow.dropped("lobby");
        slow.waiting(0, 1);
        slow.waiting(300, 1);
        slow.waiting(-100, -1);

        assertThat(scrape())
                .contains(
                        "carillon_slow_closes_total{namespace=\"feed\",policy=\"close\"} 1.0",
                        "carillon_slow_closes_total{namespace=\"none\",policy=\"close\"} 1.0",
                        "carillon_slow_gaps_total{namespace=\"lobby\",policy=\"close\"} 1.0",
                        "carillon_slow_dropped_total{namespace=\"lobby\",policy=\"close\"} 2.0",
                        "carillon_backlog_bytes 200.0",
                        "carillon_backlog_sockets 1.0");
    }

    @Test
    void whatClientsSendMakesNoMeters() {
        List<String> before = names();
        SessionListener sessions = metrics.sessions();
        for (int i = 0; i < 1000; i++) {
            sessions.closed("websocket", 4500 + i);
            sessions.refused(300 + i);
            sessions.published("stranger" + i);
            sessions.opened("transport" + i);
            metrics.slowConsumers().dropped("stranger" + i);
        }

        List<String> after = names();

        assertThat(after).containsExactlyInAnyOrderElementsOf(before);
        assertThat(scrape())
                .contains(
                        "carillon_connections_closed_total{code=\"other\",transport=\"websocket\"} 1000.0",
                        "carillon_refusals_total{code=\"application\"} 1000.0",
                        "carillon_publications_total{namespace=\"other\"} 1000.0");
    }

    @Test
    void theProcessAndVertxAreMeasuredWithoutLabelsThatStrangersChoose() {
        HttpResponse<Buffer> first = node.send(HttpMethod.valueOf("STRANGE"), "/some/path", Map.of(), Buffer.buffer());

        assertThat(first.statusCode()).isEqualTo(404);
        assertThat(scrape())
                .contains("jvm_memory_used_bytes", "process_cpu_usage", "jvm_gc_", "process_uptime_seconds")
                .contains("vertx_http_server_requests_total{code=\"404\"} 1.0")
                .doesNotContain("STRANGE", "/some/path");
    }

    @Test
    void openMetricsIsSpokenWhereItIsAskedFor() {
        HttpResponse<Buffer> answer = node.send(
                HttpMethod.GET,
                "/metrics",
                Map.of("Accept", "application/openmetrics-text; version=1.0.0"),
                Buffer.buffer());

        assertThat(answer.getHeader("Content-Type")).startsWith("application/openmetrics-text");
        assertThat(answer.bodyAsString()).endsWith("# EOF\n");
    }

    private List<String> names() {
        return scrape().lines()
                .filter(line -> line.startsWith("carillon_"))
                .map(line -> line.substring(0, line.lastIndexOf(' ')))
                .toList();
    }

    private String scrape() {
        return fetch("/metrics").bodyAsString();
    }

    private HttpResponse<Buffer> fetch(String path) {
        return node.send(HttpMethod.GET, path, Map.of(), Buffer.buffer());
    }
}
