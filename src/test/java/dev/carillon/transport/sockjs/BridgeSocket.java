package dev.carillon.transport.sockjs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.WsClient;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A bridge client over one WebSocket, with SockJS around its messages or without. */
final class BridgeSocket {
    private final WebSocket socket;
    private final boolean raw;
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();

    private BridgeSocket(WebSocket socket, boolean raw) {
        this.socket = socket;
        this.raw = raw;
        socket.textMessageHandler(received::add);
        socket.binaryMessageHandler(bytes -> received.add(bytes.toString()));
        socket.closeHandler(gone -> closed.complete(codeOf(socket.closeStatusCode())));
    }

    /** @param path {@code /eventbus/websocket}, or the five parts of a SockJS session */
    static BridgeSocket connect(Vertx vertx, int port, String path, String... headers) throws Exception {
        WebSocketClient client = vertx.createWebSocketClient();
        WebSocketConnectOptions options =
                new WebSocketConnectOptions().setHost("127.0.0.1").setPort(port).setURI(path);
        for (int i = 0; i < headers.length; i += 2) {
            options.addHeader(headers[i], headers[i + 1]);
        }
        boolean raw = path.startsWith("/eventbus/websocket");
        return WsClient.open(vertx, client, options, socket -> new BridgeSocket(socket, raw))
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    private static int codeOf(Short sent) {
        return sent == null ? 1006 : sent;
    }

    void send(String message) {
        String framed = raw ? message : new JsonArray().add(message).encode();
        socket.writeTextMessage(framed);
    }

    /** As it is. */
    void sendText(String text) {
        socket.writeTextMessage(text);
    }

    void send(JsonObject message) {
        send(message.encode());
    }

    void sendBytes(byte[] bytes) {
        socket.writeBinaryMessage(Buffer.buffer(bytes));
    }

    /** The next thing on the wire, as text. */
    String nextText() throws InterruptedException {
        String text = received.poll(30, TimeUnit.SECONDS);
        assertThat(text).as("a message within 30 s").isNotNull();
        return text;
    }

    /** The next message of the bridge. */
    JsonObject next() throws InterruptedException {
        return new JsonObject(nextText());
    }

    void stopReading() {
        socket.pause();
    }

    void readOn() {
        socket.resume();
    }

    void close() {
        socket.close();
    }

    int closeCode() throws InterruptedException, ExecutionException, TimeoutException {
        return closed.get(30, TimeUnit.SECONDS);
    }
}
