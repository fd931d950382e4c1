package dev.carillon.testing;

import static dev.carillon.testing.ClusterMember.await;

import dev.carillon.auth.TokenSigner;
import dev.carillon.config.SettingsLoader;
import dev.carillon.config.SettingsSources;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * Nodes in processes of their own that found one another, and what a test needs to talk to them. Nodes may come and go;
 * {@link #nodes} holds those that are there, in the order of their starts.
 */
public final class ProcessCluster implements AutoCloseable {
    /** A node, and the ports at which other members and clients find it. */
    private record Placed(NodeProcess process, int memberPort, int httpPort) {}

    private final String name = "processes-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    private final List<String> settings;
    private final List<Placed> nodes = new CopyOnWriteArrayList<>();
    private final Vertx vertx = Vertx.vertx();
    private final HttpClient http = HttpClient.newHttpClient();
    private final TokenSigner signer;

    private ProcessCluster(List<String> settings) {
        this.settings = settings;
        signer = new TokenSigner(
                vertx,
                SettingsLoader.load(new SettingsSources(true, null, Map.of(), secrets(), Path.of("target")))
                        .auth(),
                InstantSource.system());
    }

    /** Starts nodes at the same moment and waits until each of them knows all. */
    public static ProcessCluster start(int size, String... settings) {
        ProcessCluster cluster = new ProcessCluster(List.of(settings));
        try {
            List<Integer> ports = FreePorts.pick(size);
            for (int port : ports) {
                cluster.launch(cluster.nodes.size(), port, ports);
            }
            cluster.awaitWhole();
            return cluster;
        } catch (RuntimeException | AssertionError e) {
            cluster.close();
            throw e;
        }
    }

    private static List<String> secrets() {
        return List.of("auth.secret=" + TestNode.SECRET, "api.keys=" + TestNode.API_KEY);
    }

    private NodeProcess launch(int index, int memberPort, List<Integer> members) {
        int httpPort = FreePorts.pick(1).get(0);
        List<String> arguments = new ArrayList<>(List.of("node", "--dev"));
        Stream.of(
                        List.of(
                                "http.port=" + httpPort,
                                "http.public-url=http://127.0.0.1:" + httpPort,
                                "bus.port=0",
                                "cluster.name=" + name,
                                "cluster.port=" + memberPort,
                                "cluster.members=" + String.join(",", addresses(members))),
                        secrets(),
                        settings)
                .flatMap(List::stream)
                .forEach(setting -> arguments.addAll(List.of("--set", setting)));
        NodeProcess process = NodeProcess.launch(arguments);
        nodes.add(index, new Placed(process, memberPort, httpPort));
        return process;
    }

    private static List<String> addresses(List<Integer> ports) {
        return ports.stream().map(port -> "127.0.0.1:" + port).toList();
    }

    /** One more node; waits until every node knows it. */
    public NodeProcess join() {
        return joinAt(nodes.size());
    }

    private NodeProcess joinAt(int index) {
        List<Integer> others = nodes.stream().map(Placed::memberPort).toList();
        NodeProcess joined = launch(index, FreePorts.pick(1).get(0), others);
        awaitWhole();
        return joined;
    }

    /**
     * Ends a node as a service manager does, and starts one in its place, with its settings but at other ports, which
     * somebody else may have taken meanwhile; waits until every node knows all. Fails unless the node ends in order.
     */
    public NodeProcess restart(int index) {
        NodeProcess leaving = release(node(index));
        int code = leaving.stop();
        if (code != 0) {
            throw new AssertionError("ended with " + code + ": " + leaving);
        }
        return joinAt(index);
    }

    /** Where clients find nodes now, also those that still start. */
    public List<Integer> httpPorts() {
        return nodes.stream().map(Placed::httpPort).toList();
    }

    /** Waits until each node is ready and sees exactly those that are there, and every channel has its copies. */
    public void awaitWhole() {
        nodes.forEach(node -> node.process.awaitReady());
        List<String> ids = nodes().stream().map(NodeProcess::id).sorted().toList();
        for (NodeProcess node : nodes()) {
            Until.holds(
                    () -> seenBy(node).equals(ids),
                    () -> "node " + node.id() + " sees " + seenBy(node) + " instead of " + ids + ": " + node);
            node.awaitSafe();
        }
    }

    private List<String> seenBy(NodeProcess node) {
        return api(node, "nodes", new JsonObject()).getJsonArray("nodes").stream()
                .map(info -> ((JsonObject) info).getString("id"))
                .sorted()
                .toList();
    }

    public NodeProcess node(int index) {
        return nodes.get(index).process;
    }

    public List<NodeProcess> nodes() {
        return nodes.stream().map(Placed::process).toList();
    }

    /** Where members are found, {@code host:port}. */
    public List<String> members() {
        return addresses(nodes.stream().map(Placed::memberPort).toList());
    }

    public String name() {
        return name;
    }

    /** The node is about to go: the others are what the cluster is from here on. */
    public NodeProcess release(NodeProcess leaving) {
        nodes.removeIf(node -> node.process == leaving);
        return leaving;
    }

    public Vertx vertx() {
        return vertx;
    }

    public String token(String userId) {
        return token(userId, new JsonObject());
    }

    public String token(String userId, JsonObject claims) {
        return signer.access(userId, claims, Duration.ofMinutes(10));
    }

    /** Connects to {@code /ws} of a node, authenticates, and subscribes. */
    public WsClient login(NodeProcess node, String userId, String... channels) {
        JsonArray subscribe = new JsonArray();
        Stream.of(channels).forEach(channel -> subscribe.add(new JsonObject().put("channel", channel)));
        return WsClient.login(vertx, node.port(), token(userId), subscribe);
    }

    /** Calls {@code POST /api/…} of a node and returns the answer's body; fails unless it is 200. */
    public JsonObject api(NodeProcess node, String path, JsonObject body) {
        try {
            return await(apiLater(node, path, body));
        } catch (AssertionError e) {
            throw new AssertionError("/api/" + path + " of " + node, e);
        }
    }

    /** The same, without waiting for the answer. */
    public Future<JsonObject> apiLater(NodeProcess node, String path, JsonObject body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + "/api/" + path))
                .version(HttpClient.Version.HTTP_1_1)
                .header("X-API-Key", TestNode.API_KEY)
                .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
                .build();
        return Future.fromCompletionStage(
                http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).thenApply(response -> {
                    if (response.statusCode() != 200) {
                        throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
                    }
                    return new JsonObject(response.body());
                }),
                vertx.getOrCreateContext());
    }

    /** Ends whatever is left at once. */
    @Override
    public void close() {
        nodes.forEach(node -> node.process.close());
        await(vertx.close());
    }
}
