package dev.carillon.cli;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a node's {@code /ws}, from the token to the last message wanted. The state belongs to the
 * connection's event loop; {@code messages} and {@code notes} are called there, and a slow one slows the node's sending.
 */
final class Listening {
    private static final int MAX_FRAME_BYTES = 16 * 1024 * 1024;
    private static final int CONNECT_TIMEOUT_MS = 5000;
    private static final int NORMAL = 1000;

    private final Vertx vertx;
    // Vert.x closes a client, and its connections, once nothing refers to it.
    private final WebSocketClient client;
    private final String url;
    private final String token;
    private final List<String> channels;
    private final Consumer<String> messages;
    private final Consumer<String> notes;
    private final Promise<Void> done = Promise.promise();
    private long wanted;
    private long lastHeard;

    /**
     * @param wanted messages after which it is done
     * @param messages takes each message as one line of JSON
     * @param notes takes what else there is to know
     */
    private Listening(
            Vertx vertx,
            String url,
            String token,
            List<String> channels,
            long wanted,
            Consumer<String> messages,
            Consumer<String> notes) {
        this.vertx = vertx;
        client = vertx.createWebSocketClient(new WebSocketClientOptions()
                .setConnectTimeout(CONNECT_TIMEOUT_MS)
                .setMaxFrameSize(MAX_FRAME_BYTES)
                .setMaxMessageSize(MAX_FRAME_BYTES));
        this.url = url;
        this.token = token;
        this.channels = channels;
        this.wanted = wanted;
        this.messages = messages;
        this.notes = notes;
    }

    /** Listens until all messages wanted have been told; blocks for as long. */
    static void until(
            long wanted,
            String url,
            String token,
            List<String> channels,
            Consumer<String> messages,
            Consumer<String> notes) {
        Vertx vertx = Vertx.vertx();
        try {
            new Listening(vertx, url, token, channels, wanted, messages, notes)
                    .run()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof CommandFailure failure
                    ? failure
                    : new CommandFailure(url + " cannot be listened to (" + e.getCause() + "): check --url");
        } catch (InterruptedException e) {
            throw new CommandFailure("interrupted");
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    /** Completes once all messages wanted have been told; fails with {@link CommandFailure}. */
    private Future<Void> run() {
        return client.connect(target())
                .recover(cause -> Future.failedFuture(unreachable(cause)))
                .compose(this::listen);
    }

    private WebSocketConnectOptions target() {
        try {
            return new WebSocketConnectOptions()
                    .setAbsoluteURI(url.replaceFirst("^http", "ws").replaceAll("/+$", "") + "/ws")
                    .addSubProtocol("carillon.v1.json");
        } catch (RuntimeException e) {
            throw new CommandFailure(
                    "--url must look like " + ApiOptions.DEFAULT_URL + ", was " + url, CarillonCommand.BAD_SETTING);
        }
    }

    private CommandFailure unreachable(Throwable cause) {
        if (cause instanceof UpgradeRejectedException rejected) {
            return new CommandFailure(
                    url + " refused the WebSocket with " + rejected.getStatus() + ": check --url",
                    rejected.getStatus() == 503 ? CarillonCommand.NOT_NOW : CarillonCommand.UNREACHABLE);
        }
        return new CommandFailure(
                cause instanceof IOException
                        ? url + " cannot be reached: start a node there, or name another with --url"
                        : url + " does not answer as a node does (" + cause.getMessage() + "): check --url",
                CarillonCommand.UNREACHABLE);
    }

    private Future<Void> listen(WebSocket socket) {
        socket.textMessageHandler(text -> hear(socket, text));
        socket.closeHandler(closed -> closed(socket.closeStatusCode(), socket.closeReason()));
        socket.exceptionHandler(cause -> fail("the connection broke: " + cause.getMessage()));
        send(
                socket,
                new JsonObject()
                        .put("type", "auth")
                        .put("id", 1)
                        .put("token", token)
                        .put("client", new JsonObject().put("name", "carillon")));
        return done.future();
    }

    private void hear(WebSocket socket, String text) {
        lastHeard = System.nanoTime();
        JsonObject frame;
        try {
            frame = new JsonObject(text);
        } catch (DecodeException e) {
            fail(url + " does not speak carillon.v1.json: check --url");
            return;
        }
        switch (frame.getString("type", "")) {
            case "message" -> tell(socket, text);
            case "ping" -> send(socket, new JsonObject().put("type", "pong"));
            case "auth_success" -> subscribe(socket, frame);
            case "auth_error" ->
                fail(
                        "the token is not believed (" + frame.getString("error")
                                + "): make one with 'carillon token' and the node's auth.secret",
                        CarillonCommand.NOT_ALLOWED);
            case "subscribed" -> notes.accept("subscribed to " + frame.getString("channel"));
            case "unsubscribed" ->
                fail("unsubscribed from " + frame.getString("channel") + " by the node: " + frame.getString("reason"));
            case "gap" ->
                notes.accept(frame.getValue("missed") + " messages of " + frame.getString("channel")
                        + " were dropped, because this reads too slowly");
            case "reconnect" -> notes.accept("the node asks to move within " + frame.getValue("within_ms") + " ms");
            case "error" -> fail(refusal(frame));
            default -> {
                // Joins, leaves and whatever a newer node may say are no messages.
            }
        }
    }

    private void tell(WebSocket socket, String text) {
        if (wanted > 0) {
            wanted--;
            // Data comes as it was published: between its tokens there may be line ends.
            messages.accept(text.replaceAll("\\R", " "));
        }
        if (wanted == 0 && done.tryComplete()) {
            socket.close((short) NORMAL, "closed").onFailure(cause -> notes.accept("was closed already"));
        }
    }

    private void subscribe(WebSocket socket, JsonObject success) {
        watch(success.getLong("ping_interval_ms", 30_000L) + success.getLong("pong_timeout_ms", 10_000L));
        for (int i = 0; i < channels.size(); i++) {
            send(
                    socket,
                    new JsonObject().put("type", "subscribe").put("id", i + 2).put("channel", channels.get(i)));
        }
    }

    // The node pings; when it has been silent for this long, the connection is dead though nothing said so.
    private void watch(long silenceMs) {
        vertx.setPeriodic(Math.max(100, silenceMs / 4), timer -> {
            if ((System.nanoTime() - lastHeard) / 1_000_000 > silenceMs) {
                fail(url + " has been silent for " + silenceMs + " ms: check the node and the network");
            }
        });
    }

    private String refusal(JsonObject frame) {
        Integer id = frame.getInteger("id", 0);
        boolean subscribe = id >= 2 && id < channels.size() + 2;
        return (subscribe ? channels.get(id - 2) : url) + " was refused: " + frame.getValue("code") + " "
                + frame.getString("error");
    }

    private void closed(@Nullable Short code, @Nullable String reason) {
        fail(
                code == null
                        ? "the connection was lost"
                        : "the node closed the connection: " + code + " " + (reason == null ? "" : reason));
    }

    private void send(WebSocket socket, JsonObject frame) {
        socket.writeTextMessage(frame.encode()).onFailure(cause -> fail("the connection broke: " + cause.getMessage()));
    }

    private void fail(String line) {
        fail(line, CarillonCommand.FAILED);
    }

    private void fail(String line, int exitCode) {
        // The first reason is the one that counts.
        done.tryFail(new CommandFailure(line, exitCode));
    }
}
