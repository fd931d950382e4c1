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
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.WebClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a node writes to its log when everything is logged: fields for machines, and no secret. */
class LogIT {
    private static final String PAYLOAD = "a-payload-that-is-nobodys-business";
    private static final NodeProcess.Launch CHATTY = new NodeProcess.Launch(
            List.of(),
            List.of("-Xmx256m", "-Dcarillon.log=json", "-Dcarillon.log.level=DEBUG", "-Dcarillon.log.libraries=DEBUG"),
            List.of(),
            null);

    @Test
    void neitherTokensNorPayloadsNorKeysAreLoggedAndSessionsAndChannelsAreFields() {
        Vertx vertx = Vertx.vertx();
        String access = "";
        String session;
        List<String> lines;
        try (NodeProcess node = start()) {
            TokenSigner signer = new TokenSigner(
                    vertx,
                    SettingsLoader.load(new SettingsSources(
                                    true, null, Map.of(), List.of("auth.secret=" + TestNode.SECRET), Path.of("target")))
                            .auth(),
                    InstantSource.system());
            access = signer.access("alice", new JsonObject(), Duration.ofMinutes(10));
            session = useIt(vertx, node, access);
            assertThat(node.stop()).isZero();
            lines = Stream.concat(node.out().stream(), node.err().stream())
                    .filter(line -> line.startsWith("{"))
                    .toList();
        } finally {
            ClusterMember.await(vertx.close());
        }

        String log = String.join("\n", lines);
        assertThat(lines).hasSizeGreaterThan(20);
        assertThat(log)
                .contains("\"level\":\"DEBUG\"")
                .doesNotContain(PAYLOAD)
                .doesNotContain(access)
                .doesNotContain(access.substring(access.lastIndexOf('.') + 1))
                .doesNotContain("a-token-that-is-none")
                .doesNotContain(TestNode.SECRET)
                .doesNotContain(TestNode.API_KEY);
        assertThat(lines)
                .filteredOn(line -> line.contains("\"formattedMessage\":\"no answer from nobody.home\""))
                .singleElement()
                .satisfies(line -> assertThat(fields(new JsonObject(line)))
                        .containsEntry("session", session)
                        .containsEntry("channel", "secretive:x"));
    }

    private static NodeProcess start() {
        List<String> arguments = new ArrayList<>(List.of("node", "--dev"));
        int port = FreePorts.pick(1).get(0);
        Stream.of(
                        "http.port=0",
                        "cluster.port=" + port,
                        "cluster.name=log-" + port,
                        "auth.secret=" + TestNode.SECRET,
                        "api.keys=" + TestNode.API_KEY,
                        "namespaces.secretive.subscribe=ask",
                        "namespaces.secretive.authorize=nobody.home",
                        "namespaces.strict.publish=any",
                        "namespaces.strict.max-data-bytes=10")
                .forEach(setting -> arguments.addAll(List.of("--set", setting)));
        NodeProcess node = NodeProcess.launch(CHATTY, arguments);
        node.awaitReady();
        return node;
    }

    /** Comes in by every door, with what is right and what is wrong; the id of the session of {@code /ws}. */
    private static String useIt(Vertx vertx, NodeProcess node, String access) {
        int port = node.port();
        WsClient alice = WsClient.login(vertx, port, access, new JsonArray());
        alice.subscribe(2, "lobby:x");
        JsonObject secret = new JsonObject().put("text", PAYLOAD);
        assertThat(alice.publish(3, "lobby:x", secret).getString("type")).isEqualTo("ack");
        alice.next("message");
        assertThat(alice.subscribe(4, "secretive:x").getString("type")).isEqualTo("error");
        assertThat(alice.publish(5, "strict:x", secret).getString("type")).isEqualTo("error");
        alice.send(new JsonObject()
                .put("type", "request")
                .put("id", 6)
                .put("address", "nobody.home")
                .put("data", secret));
        alice.reply(6);
        alice.send("{\"type\":\"publish\",\"channel\":\"lobby:x\",\"data\":" + PAYLOAD);
        alice.next("error");
        WebClient http = WebClient.create(vertx);
        send(http, port, HttpMethod.GET, "/ws/lobby/x?token=" + access, "");
        send(http, port, HttpMethod.GET, "/ws/lobby/x?token=a-token-that-is-none", "");
        send(http, port, HttpMethod.POST, "/api/publish", "{\"channel\":\"lobby:x\",\"data\":\"" + PAYLOAD + "\"}");
        send(http, port, HttpMethod.POST, "/api/publish", "{\"channel\":\"lobby:x\",\"data\":" + PAYLOAD);
        WsClient bare = WsClient.connect(vertx, port, "/ws/lobby/x?token=" + access);
        bare.send("{\"text\":\"" + PAYLOAD + "\"}");
        alice.next("message");
        bare.close();
        WsClient stranger = WsClient.connect(vertx, port, "/ws");
        stranger.send(new JsonObject().put("type", "auth").put("id", 1).put("token", "a-token-that-is-none"));
        stranger.closeCode();
        http.close();
        String session = alice.frames().get(0).getString("session_id");
        alice.close();
        return session;
    }

    private static void send(WebClient http, int port, HttpMethod method, String path, String body) {
        ClusterMember.await(http.request(method, port, "127.0.0.1", path)
                .putHeader("X-API-Key", TestNode.API_KEY)
                .putHeader("Content-Type", "application/json")
                .sendBuffer(Buffer.buffer(body)));
    }

    private static Map<String, Object> fields(JsonObject line) {
        JsonObject fields = new JsonObject();
        line.getJsonArray("kvpList", new JsonArray()).forEach(pair -> fields.mergeIn((JsonObject) pair));
        return fields.getMap();
    }
}
