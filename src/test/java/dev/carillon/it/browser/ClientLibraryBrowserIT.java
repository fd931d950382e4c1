package dev.carillon.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.NodeProcess;
import dev.carillon.testing.NodeScript;
import dev.carillon.testing.ProcessCluster;
import dev.carillon.testing.Until;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client library as it is published, in Node and in Chromium, against three nodes of which one dies or leaves. */
class ClientLibraryBrowserIT {
    private ProcessCluster cluster;

    @BeforeAll
    static void build() {
        NodeScript.install();
        NodeScript.buildClient();
    }

    @BeforeEach
    void start() {
        cluster = ProcessCluster.start(3, "http.origins=*", "bus.requests=demo.*");
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void whenANodeDiesNothingIsLostTwiceOrOutOfOrder() {
        String channel = "feed:killed";
        JsonObject result =
                NodeScript.run("client-node.mjs", nodes().encode(), tokens(8).encode(), channel, "SIGKILL");

        assertThat(result.getInteger("reconnects")).isPositive();
        assertSeenByAll(result, channel);
    }

    @Test
    void whenANodeLeavesItsClientsMoveWithoutBeingDisconnected() {
        String channel = "feed:left";
        JsonObject result =
                NodeScript.run("client-node.mjs", nodes().encode(), tokens(8).encode(), channel, "SIGTERM");

        assertThat(result.getInteger("moves")).isPositive();
        assertThat(result.getInteger("reconnects")).isZero();
        assertSeenByAll(result, channel);
    }

    @Test
    void whatWasWrittenOfflineOutlivesTwoReloadsAndANode() {
        JsonObject result = NodeScript.run("client-page.mjs", nodes().encode(), cluster.token("alice"), "feed:offline");

        assertThat(result.getJsonArray("nodes")).hasSize(2).doesNotHaveDuplicates();
        assertThat(published("feed:offline"))
                .isEqualTo(IntStream.range(0, 50).boxed().toList());
    }

    @Test
    void whereNoWebSocketComesThroughNothingIsLostTwiceOrOutOfOrderEither() {
        String channel = "feed:blocked";
        JsonObject result =
                NodeScript.run("client-blocked.mjs", nodes().encode(), tokens(3).encode(), channel);

        assertThat(published(channel)).hasSize(result.getInteger("published")).doesNotHaveDuplicates();
    }

    private void assertSeenByAll(JsonObject result, String channel) {
        List<Object> order = published(channel);
        assertThat(order).hasSize(result.getInteger("published")).doesNotHaveDuplicates();
        assertThat(result.getJsonArray("seen"))
                .hasSize(6)
                .allSatisfy(seen -> assertThat(((JsonArray) seen).getList()).isEqualTo(order));
    }

    /** What the channel's history holds, as a node tells it that was not told to end. */
    private List<Object> published(String channel) {
        Until.holds(
                () -> cluster.nodes().stream().anyMatch(node -> !node.isAlive()),
                () -> "the node that leaves is there");
        NodeProcess alive = cluster.nodes().stream()
                .filter(NodeProcess::isAlive)
                .reduce((first, last) -> last)
                .orElseThrow();
        JsonObject page = cluster.api(
                alive, "history", new JsonObject().put("channel", channel).put("limit", 300));
        return page.getJsonArray("messages").stream()
                .map(message -> ((JsonObject) message).getValue("data"))
                .toList();
    }

    private JsonArray nodes() {
        Until.holds(() -> cluster.nodes().stream().allMatch(NodeProcess::isAlive), () -> "a node is gone");
        JsonArray nodes = new JsonArray();
        cluster.nodes()
                .forEach(node -> nodes.add(new JsonObject()
                        .put("id", node.id())
                        .put("pid", node.pid())
                        .put("url", "ws://127.0.0.1:" + node.port() + "/ws")));
        return nodes;
    }

    private JsonArray tokens(int count) {
        return new JsonArray(IntStream.range(0, count)
                .mapToObj(i -> cluster.token("user" + i))
                .toList());
    }
}
