package dev.carillon.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.NodeScript;
import dev.carillon.testing.TestNode;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The npm packages {@code sockjs-client} and {@code @vertx/eventbus-bridge-client.js} as published, in Node and in
 * Chromium, against a node whose verticles live on another one.
 */
class PublishedClientsBrowserIT {
    private static List<TestNode> nodes = List.of();

    @BeforeAll
    static void start() {
        NodeScript.install();
        nodes = TestNode.cluster(2, "bus.requests=demo.*");
        nodes.get(1).vertx().eventBus().<JsonObject>consumer("demo.echo", message -> {
            JsonObject fail = message.body().getJsonObject("fail");
            if (fail == null) {
                message.reply(message.body());
            } else {
                message.fail(fail.getInteger("code"), fail.getString("message"));
            }
        });
    }

    @AfterAll
    static void stop() {
        nodes.forEach(TestNode::stop);
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "xhr-streaming", "xhr-polling", "eventsource"})
    void inNodeTheyDoAllThatTheyCan(String transport) {
        check("bridge-client.mjs", transport);
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "xhr-streaming", "xhr-polling", "eventsource"})
    void inABrowserTheyDoAllThatTheyCan(String transport) {
        check("bridge-page.mjs", transport);
    }

    private static void check(String script, String transport) {
        TestNode node = nodes.get(0);
        JsonObject result = NodeScript.run(script, "http://127.0.0.1:" + node.port(), node.token("alice"), transport);

        assertThat(result.getString("transport")).isEqualTo(transport);
        assertThat(result.getJsonArray("checks")).hasSizeGreaterThan(12);
    }
}
