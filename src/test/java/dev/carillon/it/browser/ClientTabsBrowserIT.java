package dev.carillon.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.NodeScript;
import dev.carillon.testing.TestNode;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One connection for ten tabs of Chromium, in a shared worker or in one of the tabs, against a real node. */
class ClientTabsBrowserIT {
    private static TestNode node;

    @BeforeAll
    static void start() {
        NodeScript.install();
        NodeScript.buildClient();
        node = TestNode.start("http.origins=*");
    }

    @AfterAll
    static void stop() {
        node.stop();
    }

    @ParameterizedTest
    @ValueSource(strings = {"worker", "election", "crash"})
    void tenTabsShareOneConnectionWhichOutlivesTheFirst(String how) {
        JsonObject result = NodeScript.run("client-tabs.mjs", "http://127.0.0.1:" + node.port(), TestNode.API_KEY, how);

        assertThat(result.getJsonArray("checks")).hasSizeGreaterThan(12);
    }
}
