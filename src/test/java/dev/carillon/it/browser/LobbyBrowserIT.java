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
import org.junit.jupiter.api.Test;

/** Two real browsers chat over the page at {@code /}, each on a node of its own. */
class LobbyBrowserIT {
    private static List<TestNode> nodes = List.of();

    @BeforeAll
    static void start() {
        NodeScript.install();
        nodes = TestNode.cluster(2, "presence.grace=300ms");
    }

    @AfterAll
    static void stop() {
        nodes.forEach(TestNode::stop);
    }

    @Test
    void aMessageTypedInOneBrowserAppearsInTheOtherOnAnotherNode() throws IOException {
        Path screenshots = Files.createDirectories(Path.of("target/screenshots"));
        JsonObject result = NodeScript.run(
                "lobby.mjs", url(0), url(1), screenshots.toAbsolutePath().toString());

        assertThat(result.getJsonArray("nodes"))
                .containsExactly(nodes.get(0).node.id(), nodes.get(1).node.id());
        assertThat(result.getInteger("messages")).isEqualTo(22);
        assertThat(screenshots.resolve("lobby-desk-light.png")).isNotEmptyFile();
    }

    private static String url(int node) {
        return "http://127.0.0.1:" + nodes.get(node).port();
    }
}
