package dev.carillon.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.NodeScript;
import dev.carillon.testing.TestNode;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each page of the demo in real browsers, on the two nodes of a cluster: what it is for, that no page reports an error,
 * that it is accessible, and screenshots of it on a desk and a phone, light and dark.
 */
class DemoBrowserIT {
    private static List<TestNode> nodes = List.of();

    @BeforeAll
    static void start() {
        NodeScript.install();
        // What scripts/demo has built is among the classes.
        assertThat(DemoBrowserIT.class.getResource("/webroot/index.html"))
                .as("the demo was not built: run scripts/demo")
                .isNotNull();
        nodes = TestNode.cluster(2, "presence.grace=300ms");
    }

    @AfterAll
    static void stop() {
        nodes.forEach(TestNode::stop);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dashboard", "chat", "network", "simulator", "feed"})
    void thePageDoesWhatItIsFor(String page) throws IOException {
        Path screenshots = Files.createDirectories(Path.of("target/screenshots"));
        JsonObject result = NodeScript.run(
                "demo-" + page + ".mjs",
                url(0),
                url(1),
                screenshots.toAbsolutePath().toString());

        assertThat(result.getJsonArray("checks")).hasSizeGreaterThan(10).contains("no page reported an error");
        assertThat(screenshots.resolve("demo-" + page + "-phone-dark.png")).isNotEmptyFile();
    }

    private static String url(int node) {
        return "http://127.0.0.1:" + nodes.get(node).port();
    }
}
