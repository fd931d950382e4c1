package dev.carillon.transport.sockjs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.config.LimitSettings;
import dev.carillon.testing.TransportServer;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The npm packages as published, in Node and in Chromium, against the endpoint alone. Two instances serve, so that the
 * requests of one SockJS session come to event loops that are not its own.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class PublishedBridgeClientIT {
    private static final Path SCRIPTS = Path.of("src/test/browser").toAbsolutePath();

    private static Vertx vertx;
    private static TransportServer server;

    @BeforeAll
    static void start() throws Exception {
        if (!Files.isDirectory(SCRIPTS.resolve("node_modules"))) {
            JsonObject installed = run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
            assertThat(installed.getInteger("exit")).as(installed.encode()).isZero();
        }
        vertx = Vertx.vertx();
        Supplier<TransportServer> servers = () -> {
            server = new TransportServer(LimitSettings.DEFAULTS);
            return server;
        };
        vertx.deployVerticle(servers, new DeploymentOptions().setInstances(2))
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "xhr-streaming", "xhr-polling", "eventsource"})
    void inNodeItDoesAllThatItCan(String transport) throws Exception {
        check("bridge-client.mjs", transport);
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "xhr-streaming", "xhr-polling", "eventsource"})
    void inABrowserItDoesAllThatItCan(String transport) throws Exception {
        check("bridge-page.mjs", transport);
    }

    private static void check(String script, String transport) throws Exception {
        JsonObject ran = run("node", script, "http://127.0.0.1:" + server.port(), "token-alice", transport);
        assertThat(ran.getInteger("exit")).as(ran.encode()).isZero();
        JsonObject result = new JsonObject(ran.getString("output"));
        assertThat(result.getString("transport")).isEqualTo(transport);
        assertThat(result.getJsonArray("checks")).hasSizeGreaterThan(12);
    }

    private static JsonObject run(String... command) throws IOException, InterruptedException {
        File output = File.createTempFile("bridge-client", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(SCRIPTS.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output)
                    .start();
            if (!process.waitFor(100, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            return new JsonObject()
                    .put("exit", process.waitFor())
                    .put(
                            "output",
                            Files.readString(output.toPath(), StandardCharsets.UTF_8)
                                    .strip());
        } finally {
            Files.delete(output.toPath());
        }
    }
}
