package dev.carillon.testing;

import dev.carillon.auth.TokenSigner;
import dev.carillon.config.Settings;
import dev.carillon.config.SettingsLoader;
import dev.carillon.config.SettingsSources;
import dev.carillon.verticle.Node;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** A whole node in this JVM, in development mode, on free ports. */
public final class TestNode {
    public static final String SECRET = "a secret that is long enough for tests only";
    public static final String API_KEY = "an-api-key-for-tests";

    public final Node node;
    public final Settings settings;
    private final TokenSigner signer;
    private final WebClient http;

    private TestNode(Node node, Settings settings) {
        this.node = node;
        this.settings = settings;
        this.http = WebClient.create(node.vertx());
        this.signer = new TokenSigner(node.vertx(), settings.auth(), InstantSource.system());
    }

    /** Starts a node alone. */
    public static TestNode start(String... assignments) {
        List<String> all = new ArrayList<>(List.of(
                "http.host=127.0.0.1",
                "http.port=0",
                "cluster.port=0",
                "cluster.name=test-" + ProcessHandle.current().pid() + "-" + System.nanoTime(),
                "auth.secret=" + SECRET,
                "api.keys=" + API_KEY));
        all.addAll(List.of(assignments));
        Settings settings = SettingsLoader.load(new SettingsSources(true, null, Map.of(), all, Path.of("target")));
        return new TestNode(ClusterMember.await(Node.start(settings)), settings);
    }

    /** Starts nodes of one cluster. */
    public static List<TestNode> cluster(int count, String... assignments) {
        String name = "cluster.name=test-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
        List<TestNode> nodes = new ArrayList<>();
        List<String> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int port = FreePort.find();
            members.add("127.0.0.1:" + port);
            List<String> all = new ArrayList<>(List.of(assignments));
            all.add(name);
            all.add("cluster.port=" + port);
            all.add("cluster.members=" + String.join(",", members));
            nodes.add(start(all.toArray(String[]::new)));
        }
        return nodes;
    }

    public int port() {
        return node.httpPort();
    }

    public Vertx vertx() {
        return node.vertx();
    }

    public String token(String userId) {
        return token(userId, new JsonObject());
    }

    public String token(String userId, JsonObject claims) {
        return signer.access(userId, claims, Duration.ofMinutes(10));
    }

    /** A token that opens a channel, or all that begin with what stands before a {@code *}. */
    public String channelToken(String userId, String channel, Duration life) {
        return signer.channel(userId, channel, life);
    }

    /** What {@code POST /api/…} answers to somebody with a key; fails unless that is 200. */
    public JsonObject api(String path, JsonObject body) {
        HttpResponse<Buffer> answer = ClusterMember.await(http.post(port(), "127.0.0.1", "/api/" + path)
                .putHeader("X-API-Key", API_KEY)
                .sendJsonObject(body));
        if (answer.statusCode() != 200) {
            throw new AssertionError(path + ": " + answer.statusCode() + " " + answer.bodyAsString());
        }
        return answer.bodyAsJsonObject();
    }

    /** The value of one meter, by its name and labels as {@code /metrics} writes them. */
    public double meter(String meter) {
        return read(meter).orElseThrow(() -> new AssertionError("no meter " + meter));
    }

    /** The same; 0 if it is not there. */
    public double meterIfAny(String meter) {
        return read(meter).orElse(0);
    }

    private OptionalDouble read(String meter) {
        HttpResponse<Buffer> answer =
                ClusterMember.await(http.get(port(), "127.0.0.1", "/metrics").send());
        return answer.bodyAsString()
                .lines()
                .filter(line -> line.startsWith(meter + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(meter.length() + 1)))
                .findFirst();
    }

    /** A client for everything else that is spoken over HTTP. */
    public WebClient http() {
        return http;
    }

    public void stop() {
        http.close();
        ClusterMember.await(node.stop());
    }
}
