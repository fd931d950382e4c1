package dev.carillon.it.cluster;

import static dev.carillon.testing.ClusterMember.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.NodeProcess;
import dev.carillon.testing.ProcessCluster;
import dev.carillon.testing.Until;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Nodes as processes that are killed: how soon the rest writes again, and how the last one says that it does not. */
class MajorityProcessClusterIT {
    private static final Logger LOG = LoggerFactory.getLogger(MajorityProcessClusterIT.class);
    private static final int CHANNELS = 60;

    @Test
    void aKilledOwnerHoldsPublishesUpForSecondsAndTwoKilledLeaveOneThatRefuses() throws Exception {
        try (ProcessCluster cluster = ProcessCluster.start(3)) {
            NodeProcess survivor = cluster.node(0);
            NodeProcess second = cluster.node(1);
            publishAll(cluster, survivor).forEach(call -> await(call));

            cluster.release(cluster.node(2)).kill();
            long killed = System.nanoTime();
            List<Future<Long>> settled = publishAll(cluster, survivor).stream()
                    .map(call -> call.map(ack -> System.nanoTime() - killed))
                    .toList();
            long slowest = settled.stream().mapToLong(call -> await(call)).max().orElseThrow();
            LOG.info(
                    "{} channels written {} ms after the kill",
                    CHANNELS,
                    Duration.ofNanos(slowest).toMillis());
            assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(20));

            cluster.release(second).kill();
            Until.holds(() -> ready(survivor).statusCode() == 503, () -> "still ready: " + survivor);
            Until.holds(
                    () -> ready(survivor).body().contains("nodes here"),
                    () -> ready(survivor).body());
            HttpResponse<String> refused = publish(survivor);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(new JsonObject(refused.body()).getJsonObject("error").getInteger("code"))
                    .isEqualTo(101);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(survivor.awaitLine(line -> line.contains("majority lost"), "that the majority is lost"))
                    .contains("2 needed");
        }
    }

    private static List<Future<JsonObject>> publishAll(ProcessCluster cluster, NodeProcess node) {
        List<Future<JsonObject>> calls = new ArrayList<>();
        for (int i = 0; i < CHANNELS; i++) {
            calls.add(cluster.apiLater(
                    node,
                    "publish",
                    new JsonObject().put("channel", "feed:" + i).put("data", i)));
        }
        return calls;
    }

    private static HttpResponse<String> ready(NodeProcess node) {
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + "/health/ready"))
                .build());
    }

    private static HttpResponse<String> publish(NodeProcess node) {
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + "/api/publish"))
                .header("X-API-Key", dev.carillon.testing.TestNode.API_KEY)
                .POST(HttpRequest.BodyPublishers.ofString("{\"channel\":\"feed:0\",\"data\":1}"))
                .build());
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
