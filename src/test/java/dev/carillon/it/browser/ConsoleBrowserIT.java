package dev.carillon.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.NodeScript;
import dev.carillon.testing.TestNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The operators' console in a browser, on the three nodes of a cluster; screenshots of it are in target/screenshots. */
class ConsoleBrowserIT {
    private static List<TestNode> nodes = List.of();
    private final ListAppender<ILoggingEvent> audit = new ListAppender<>();

    @BeforeAll
    static void start() {
        NodeScript.install();
        NodeScript.buildClient();
        assertThat(ConsoleBrowserIT.class.getResource("/console/index.html"))
                .as("the console was not built: run scripts/console")
                .isNotNull();
        nodes = TestNode.cluster(
                3,
                "presence.grace=300ms",
                "namespaces.room.subscribe=any",
                "namespaces.room.publish=any",
                "namespaces.room.presence=true");
    }

    @AfterAll
    static void stop() {
        nodes.forEach(TestNode::stop);
    }

    @Test
    void aUserIsHelpedFromTheConsoleAlone() throws IOException {
        Path screenshots = Files.createDirectories(Path.of("target/screenshots"));
        Logger log = (Logger) LoggerFactory.getLogger("carillon.audit");
        audit.start();
        log.addAppender(audit);
        JsonArray urls = new JsonArray();
        nodes.forEach(node -> urls.add("http://127.0.0.1:" + node.port()));

        JsonObject result = NodeScript.run(
                "console.mjs",
                urls.encode(),
                token("olga", "carillon:api carillon:payloads"),
                token("otto", "carillon:api"),
                nodes.get(0).token("alice"),
                nodes.get(0).token("bob"),
                screenshots.toAbsolutePath().toString());

        log.detachAppender(audit);
        assertThat(result.getJsonArray("checks")).hasSizeGreaterThan(70).contains("no page reported an error");
        assertThat(audit.list.stream().map(ILoggingEvent::getFormattedMessage))
                .anySatisfy(line -> assertThat(line)
                        .contains("action=disconnect on=user:alice by=token:olga", "reason=\"stuck: ticket 7\""))
                .anySatisfy(line -> assertThat(line)
                        .contains("action=block on=user:alice by=token:olga", "reason=\"abuse: ticket 8\""))
                .anySatisfy(line -> assertThat(line).contains("action=unblock on=user:alice by=token:olga"))
                .anySatisfy(line -> assertThat(line)
                        .contains("action=unsubscribe on=", "user:alice", "by=token:olga", "reason=\"ticket 9\""))
                .anySatisfy(line ->
                        assertThat(line).contains("action=revoke on=user:alice by=token:olga", "reason=\"lost phone\""))
                .anySatisfy(line -> assertThat(line)
                        .contains("action=revoke on=user:bob by=token:olga", "reason=\"leak: ticket 10\""))
                .anySatisfy(line -> assertThat(line).contains("action=drain", "by=token:olga", "reason=maintenance"))
                .anySatisfy(line -> assertThat(line).contains("action=publish on=channel:room:help by=token:olga"));
    }

    @Test
    void thePageIsGuarded() {
        HttpResponse<Buffer> page = get("/console/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.bodyAsString()).doesNotContain("<style", "onclick", "<script>");
        assertThat(page.getHeader("Content-Security-Policy"))
                .contains("default-src 'none'", "script-src 'self';", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(page.getHeader("X-Frame-Options")).isEqualTo("DENY");
        assertThat(page.getHeader("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(page.getHeader("Cache-Control")).isEqualTo("no-cache");
        assertThat(get("/console/index.js").getHeader("Content-Type")).contains("javascript");
        assertThat(get("/console/..%2fopenapi.yaml").statusCode()).isEqualTo(404);
        assertThat(get("/console/nothing.js").statusCode()).isEqualTo(404);
    }

    @Test
    void aNodeWithoutTheConsoleServesNothingThere() {
        TestNode without = TestNode.start("api.console=false");

        assertThat(get(without, "/console").statusCode()).isEqualTo(404);
        assertThat(get(without, "/console/").statusCode()).isEqualTo(404);
        without.stop();
    }

    private static HttpResponse<Buffer> get(String path) {
        return get(nodes.get(0), path);
    }

    private static HttpResponse<Buffer> get(TestNode node, String path) {
        return ClusterMember.await(
                node.http().get(node.port(), "127.0.0.1", path).send());
    }

    private static String token(String user, String scope) {
        return nodes.get(0).token(user, new JsonObject().put("scope", scope));
    }
}
