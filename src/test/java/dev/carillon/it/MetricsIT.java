package dev.carillon.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.ops.DocumentedMetrics;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.TestNode;
import dev.carillon.testing.Until;
import dev.carillon.testing.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What two nodes with clients export: what the documents list, and what happened. */
class MetricsIT {
    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\w+) (\\w+)$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(?:\\\\.|[^\"\\\\])*\"");
    private static final Set<String> OF_OTHERS = Set.of("jvm", "process", "system", "vertx");

    private static List<TestNode> nodes;

    @BeforeAll
    static void start() {
        nodes = TestNode.cluster(2);
        WsClient near = WsClient.login(nodes.get(0), "near", "lobby:m");
        WsClient far = WsClient.login(nodes.get(1), "far", "lobby:m");
        JsonObject ack = near.publish(7, "lobby:m", "hello");
        near.next("message");
        far.next("message");
        far.close();
        JsonObject position = new JsonObject()
                .put("channel", "lobby:m")
                .put("epoch", ack.getString("epoch"))
                .put("offset", 0);
        WsClient back = WsClient.loginWith(nodes.get(1), nodes.get(1).token("far"), new JsonArray().add(position));
        assertThat(back.frames()).isNotEmpty();
    }

    @AfterAll
    static void stop() {
        nodes.forEach(TestNode::stop);
    }

    @Test
    void theListInTheDocumentsIsWhatANodeExports() {
        Until.holds(() -> scrape(0).contains("carillon_link_round_trip_seconds_count{node="), () -> scrape(0));
        String scraped = scrape(0);
        Map<String, DocumentedMetrics.Row> documented = DocumentedMetrics.read().rows();
        Map<String, String> exported = new TreeMap<>();
        Matcher types = TYPE.matcher(scraped);
        while (types.find()) {
            exported.put(types.group(1), types.group(2));
        }
        // Each summary and histogram has its own, and the document says so once.
        exported.keySet()
                .removeIf(name -> name.endsWith("_max") && exported.containsKey(name.replaceFirst("_max$", "")));

        exported.forEach((name, type) -> {
            String family = name.substring(0, name.indexOf('_'));
            if (family.equals("carillon")) {
                assertThat(documented).as("metrics.md").containsKey(name);
            } else {
                assertThat(OF_OTHERS).contains(family);
            }
        });
        documented.forEach((name, row) -> {
            if (!name.equals("jvm_gc_pause_seconds") || exported.containsKey(name)) {
                assertThat(exported.get(name)).as("type of %s", name).isEqualTo(row.type());
                assertThat(labels(scraped, name)).as("labels of %s", name).isEqualTo(row.labels());
            }
        });
    }

    @Test
    void whatHappenedIsToldByBothNodes() {
        assertThat(nodes.get(0).meter("carillon_publications_total{namespace=\"lobby\"}"))
                .isEqualTo(1);
        for (TestNode node : nodes) {
            assertThat(node.meter("carillon_deliveries_frames_total{namespace=\"lobby\"}"))
                    .isPositive();
            assertThat(node.meter("carillon_publish_to_write_seconds_count")).isPositive();
            assertThat(node.meter("carillon_nodes")).isEqualTo(2);
            assertThat(node.meter("carillon_majority")).isEqualTo(1);
            assertThat(node.meter("carillon_draining")).isZero();
        }
        Until.holds(
                () -> nodes.stream()
                        .allMatch(node ->
                                node.meter("carillon_ready") == 1 && node.meter("carillon_partitions_safe") == 1),
                () -> scrape(0));
        assertThat(nodes.get(0).meter("carillon_partitions_owned")
                        + nodes.get(1).meter("carillon_partitions_owned"))
                .isEqualTo(271);
        assertThat(nodes.get(1).meter("carillon_sessions_returned_total{transport=\"websocket\"}"))
                .isEqualTo(1);
        assertThat(nodes.get(0).meter("carillon_sessions_returned_total{transport=\"websocket\"}"))
                .isZero();
    }

    private static Set<String> labels(String scraped, String name) {
        Set<String> labels = new TreeSet<>();
        scraped.lines()
                .filter(line -> line.matches(name + "(_count|_sum|_bucket)?[ {].*"))
                .forEach(line -> {
                    Matcher matcher = LABEL.matcher(line);
                    while (matcher.find()) {
                        labels.add(matcher.group(1));
                    }
                });
        labels.remove("le");
        return labels;
    }

    private static String scrape(int node) {
        TestNode asked = nodes.get(node);
        return ClusterMember.await(
                        asked.http().get(asked.port(), "127.0.0.1", "/metrics").send())
                .bodyAsString();
    }
}
