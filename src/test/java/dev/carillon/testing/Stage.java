package dev.carillon.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Where a script of {@code src/test/browser} plays a whole application: the nodes of a cluster, and a test that does what
 * a script cannot do when it is asked to.
 */
public final class Stage implements AutoCloseable {
    private final String script;
    private final ProcessCluster cluster;
    private final HttpServer calls;
    private final JsonObject more = new JsonObject();

    public Stage(String script, ProcessCluster cluster) {
        this.script = script;
        this.cluster = cluster;
        try {
            calls = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        calls.start();
    }

    /** Tells the script something more, as {@code stage.given}. */
    public Stage give(String name, Object value) {
        more.put(name, value);
        return this;
    }

    /** Does something whenever the script asks for it by this name; the script waits until it is done. */
    public Stage on(String what, Consumer<JsonObject> deed) {
        calls.createContext("/" + what, call -> answer(call, deed));
        return this;
    }

    private static void answer(HttpExchange call, Consumer<JsonObject> deed) throws IOException {
        try (call) {
            String body = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String problem = "";
            try {
                deed.accept(new JsonObject(body));
            } catch (RuntimeException | AssertionError e) {
                problem = e.toString();
            }
            byte[] answer = new JsonObject().put("problem", problem).encode().getBytes(StandardCharsets.UTF_8);
            call.sendResponseHeaders(problem.isEmpty() ? 200 : 500, answer.length);
            call.getResponseBody().write(answer);
        }
    }

    /** Plays one scenario on the nodes that are alive; its outcome, after all of its checks held. */
    public JsonObject play(String scenario) {
        JsonArray nodes = new JsonArray();
        cluster.nodes().stream()
                .filter(NodeProcess::isAlive)
                .forEach(node -> nodes.add(new JsonObject()
                        .put("id", node.id())
                        .put("pid", node.pid())
                        .put("url", "http://127.0.0.1:" + node.port())));
        JsonObject given = more.copy()
                .put("nodes", nodes)
                .put("apiKey", TestNode.API_KEY)
                .put("calls", "http://127.0.0.1:" + calls.getAddress().getPort());
        return NodeScript.run(script, scenario, given.encode());
    }

    public ProcessCluster cluster() {
        return cluster;
    }

    /** Ends the nodes, too. */
    @Override
    public void close() {
        calls.stop(0);
        cluster.close();
    }
}
