package dev.carillon.testing;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A plain WebSocket client that keeps every frame it is sent and answers pings. */
public final class WsClient {
    private static final long PATIENCE_SECONDS = 30;

    private final WebSocketClient client;
    private final WebSocket socket;
    private final List<JsonObject> frames = new ArrayList<>();
    private Consumer<JsonObject> listener = frame -> {};
    private int read;
    private @Nullable Short closeCode;
    private boolean closed;

    private WsClient(WebSocketClient client, WebSocket socket) {
        this.client = client;
        this.socket = socket;
        socket.textMessageHandler(text -> add(new JsonObject(text)));
        socket.closeHandler(gone -> ended());
    }

    /** Connects to a path of a node on this machine; fails as the handshake does. */
    public static WsClient connect(Vertx vertx, int port, String path) {
        return connect(vertx, "127.0.0.1", port, path);
    }

    private static WsClient connect(Vertx vertx, String host, int port, String path) {
        return connect(
                vertx, new WebSocketConnectOptions().setHost(host).setPort(port).setURI(path));
    }

    public static WsClient connect(Vertx vertx, WebSocketConnectOptions options) {
        WebSocketClient client = vertx.createWebSocketClient(
                new WebSocketClientOptions().setMaxFrameSize(10_000_000).setMaxMessageSize(10_000_000));
        return ClusterMember.await(open(vertx, client, options, socket -> new WsClient(client, socket)));
    }

    /**
     * Opens a socket.
     *
     * @param listen sets handlers, on the socket's own loop: nothing it is sent, and no close, comes before
     */
    public static <T> Future<T> open(
            Vertx vertx, WebSocketClient client, WebSocketConnectOptions options, Function<WebSocket, T> listen) {
        Promise<T> opened = Promise.promise();
        vertx.runOnContext(loop -> client.connect(options).map(listen).onComplete(opened));
        return opened.future();
    }

    /** Connects to {@code /ws} and authenticates. */
    public static WsClient login(TestNode node, String user, String... channels) {
        JsonArray subscribe = new JsonArray();
        for (String channel : channels) {
            subscribe.add(new JsonObject().put("channel", channel));
        }
        return loginWith(node, node.token(user), subscribe);
    }

    /** Connects to {@code /ws} and authenticates with a token. */
    public static WsClient loginWith(TestNode node, String token, JsonArray subscribe) {
        return login(node.vertx(), node.port(), token, subscribe);
    }

    /** Connects to {@code /ws} of the node at a port of this machine and authenticates with a token. */
    public static WsClient login(Vertx vertx, int port, String token, JsonArray subscribe) {
        return login(vertx, "127.0.0.1", port, token, subscribe);
    }

    /** Connects to {@code /ws} of a node and authenticates with a token. */
    public static WsClient login(Vertx vertx, String host, int port, String token, JsonArray subscribe) {
        WsClient client = connect(vertx, host, port, "/ws");
        client.send(new JsonObject()
                .put("type", "auth")
                .put("id", 1)
                .put("token", token)
                .put("subscribe", subscribe));
        client.next("auth_success");
        return client;
    }

    public void send(JsonObject frame) {
        send(frame.encode());
    }

    /** Sends as a browser does: what a socket that the node has just closed swallows, the wait for its answer tells. */
    public void send(String text) {
        ClusterMember.await(socket.writeTextMessage(text).otherwiseEmpty());
    }

    public WebSocket socket() {
        return socket;
    }

    /** Subscribes and returns the reply. */
    public JsonObject subscribe(long id, String channel) {
        send(new JsonObject().put("type", "subscribe").put("id", id).put("channel", channel));
        return reply(id);
    }

    /** Publishes and returns the reply. */
    public JsonObject publish(long id, String channel, Object data) {
        send(new JsonObject()
                .put("type", "publish")
                .put("id", id)
                .put("channel", channel)
                .put("data", data));
        return reply(id);
    }

    private synchronized void add(JsonObject frame) {
        if ("ping".equals(frame.getString("type"))) {
            socket.writeTextMessage("{\"type\":\"pong\"}").onFailure(gone -> {});
        }
        frames.add(frame);
        listener.accept(frame);
        notifyAll();
    }

    private synchronized void ended() {
        closed = true;
        closeCode = socket.closeStatusCode();
        notifyAll();
    }

    /** The next frame of a type that was not yet returned; others are passed over for good. */
    public JsonObject next(String type) {
        return next(frame -> type.equals(frame.getString("type")), type);
    }

    /** The reply to a command. */
    public synchronized JsonObject reply(long id) {
        long deadline = deadline();
        while (true) {
            for (JsonObject frame : frames) {
                if (frame.getLong("id", 0L) == id) {
                    return frame;
                }
            }
            waitUntil(deadline, "reply " + id);
        }
    }

    /** The next frame that fits and was not yet returned; others are passed over for good. */
    public synchronized JsonObject next(Predicate<JsonObject> fits, String what) {
        long deadline = deadline();
        while (true) {
            while (read < frames.size()) {
                JsonObject frame = frames.get(read++);
                if (fits.test(frame)) {
                    return frame;
                }
            }
            waitUntil(deadline, what);
        }
    }

    /** Hands over every frame, those that came before first. Called on the socket's event loop: it must not wait. */
    public synchronized void onFrame(Consumer<JsonObject> newListener) {
        frames.forEach(newListener);
        listener = newListener;
    }

    /** Every frame so far. */
    public synchronized List<JsonObject> frames() {
        return List.copyOf(frames);
    }

    /** Waits for the end of the connection and returns the close code. */
    public synchronized int closeCode() {
        long deadline = deadline();
        while (!closed) {
            waitUntil(deadline, "the close");
        }
        return closeCode == null ? 1006 : closeCode;
    }

    public void close() {
        ClusterMember.await(socket.close().otherwiseEmpty());
        ClusterMember.await(client.close());
    }

    private static long deadline() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    }

    private void waitUntil(long deadline, String what) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0 || (closed && !what.equals("the close"))) {
            throw new AssertionError("no " + what + (closed ? ", closed with " + closeCode : "") + ", but " + frames);
        }
        try {
            wait(left);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
