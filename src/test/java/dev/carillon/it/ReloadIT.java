package dev.carillon.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.auth.TokenSigner;
import dev.carillon.config.SettingsLoader;
import dev.carillon.config.SettingsSources;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.FreePorts;
import dev.carillon.testing.NodeProcess;
import dev.carillon.testing.TestNode;
import dev.carillon.testing.WsClient;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose file of settings is changed while it runs. */
class ReloadIT {
    @TempDir
    Path directory;

    @Test
    void aChangedFileIsInForceWithoutARestartAndABadOneChangesNothing() throws Exception {
        Path file = write("namespaces: {feed: {subscribe: any, publish: any}}");
        int port = FreePorts.pick(1).get(0);
        Vertx vertx = Vertx.vertx();
        try (NodeProcess node = NodeProcess.launch(List.of(
                "node",
                "--config",
                file.toString(),
                "--set",
                "http.host=127.0.0.1",
                "--set",
                "http.port=0",
                "--set",
                "cluster.port=" + port,
                "--set",
                "cluster.name=reload-" + port,
                "--set",
                "auth.secret=" + TestNode.SECRET))) {
            node.awaitReady();
            TokenSigner signer = new TokenSigner(
                    vertx,
                    SettingsLoader.load(new SettingsSources(
                                    true, null, Map.of(), List.of("auth.secret=" + TestNode.SECRET), directory))
                            .auth(),
                    InstantSource.system());
            WsClient alice = WsClient.login(
                    vertx,
                    node.port(),
                    signer.access("alice", new JsonObject(), Duration.ofMinutes(10)),
                    new JsonArray());
            assertThat(alice.subscribe(2, "more:x").getInteger("code")).isEqualTo(202);

            write("namespaces: {feed: {subscribe: any, publish: any}, more: {subscribe: any}}\n"
                    + "limits: {subscriptions-per-connection: 2}\n"
                    + "bus: {port: 5999}\n");
            hangUp(node);

            node.awaitLine(line -> line.contains("setting taken over: namespaces.more: new"), "the new namespace");
            node.awaitLine(
                    line -> line.contains(
                            "setting changed that needs a restart of this node: bus.port: 0 becomes 5999"),
                    "what needs a restart");
            assertThat(alice.subscribe(3, "more:x").getString("type")).isEqualTo("subscribed");
            node.awaitLine(
                    line -> line.contains("setting taken over: limits.subscriptions-per-connection: 1000 becomes 2"),
                    "the new limit");
            WsClient bob = WsClient.login(
                    vertx,
                    node.port(),
                    signer.access("bob", new JsonObject(), Duration.ofMinutes(10)),
                    new JsonArray());
            assertThat(bob.subscribe(2, "feed:1").getString("type")).isEqualTo("subscribed");
            assertThat(bob.subscribe(3, "feed:2").getString("type")).isEqualTo("subscribed");
            assertThat(bob.subscribe(4, "feed:3").getInteger("code")).isEqualTo(204);
            bob.close();

            // Nobody has to ask: the node looks at the file.
            write("namespaces: {feed: {subscribe: any, publish: [any, nobody]}}\n");
            node.awaitLine(
                    line -> line.contains("settings were not reloaded, those in force stay: ")
                            && line.contains("namespaces.feed.publish"),
                    "what is wrong");
            assertThat(alice.publish(4, "feed:x", 1).getString("type")).isEqualTo("ack");
            assertThat(alice.subscribe(5, "more:y").getString("type")).isEqualTo("subscribed");
            assertThat(node.stop()).isZero();
        } finally {
            ClusterMember.await(vertx.close());
        }
    }

    private static void hangUp(NodeProcess node) throws Exception {
        assertThat(new ProcessBuilder("kill", "-HUP", String.valueOf(node.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private Path write(String settings) throws Exception {
        return Files.writeString(directory.resolve("carillon.yaml"), settings);
    }
}
