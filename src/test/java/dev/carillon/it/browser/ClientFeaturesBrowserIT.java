package dev.carillon.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.NodeScript;
import dev.carillon.testing.TestNode;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** All that the client library offers, in Node, against a real node whose tokens live for three seconds. */
class ClientFeaturesBrowserIT {
    private static List<TestNode> nodes = List.of();

    @BeforeAll
    static void start() {
        NodeScript.install();
        NodeScript.buildClient();
        nodes = TestNode.cluster(
                2,
                "bus.requests=demo.*",
                "auth.access-life=3s",
                "auth.grace=10s",
                "presence.grace=300ms",
                "http.compression=true");
        nodes.get(1).vertx().eventBus().<JsonObject>consumer("demo.echo", message -> {
            if (message.body().containsKey("fail")) {
                message.fail(message.body().getInteger("fail"), "as asked");
            } else {
                message.reply(message.body());
            }
        });
    }

    @AfterAll
    static void stop() {
        nodes.forEach(TestNode::stop);
    }

    @Test
    void everythingWorksForLongerThanATokenLives() {
        JsonObject result = NodeScript.run("client-features.mjs", url(0), TestNode.API_KEY);

        assertThat(result.getJsonArray("checks")).hasSizeGreaterThan(12);
        assertThat(result.getInteger("refreshes")).isGreaterThan(2);
    }

    @Test
    void bothWireFormsSeeTheSame() {
        JsonObject result = NodeScript.run("client-msgpack.mjs", url(0), url(1));

        assertThat(result.getInteger("messages")).isEqualTo(14);
    }

    private static String url(int node) {
        return "http://127.0.0.1:" + nodes.get(node).port();
    }
}
