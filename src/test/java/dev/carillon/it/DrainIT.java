package dev.carillon.it;

import static dev.carillon.testing.ClusterMember.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.carillon.testing.SseClient;
import dev.carillon.testing.TestNode;
import dev.carillon.testing.Until;
import dev.carillon.testing.WsClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node that is told to stop while clients of every transport are there. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class DrainIT {
    private static final String XHR = "/eventbus/000/abcdefgh/xhr";

    private final HttpClient http = HttpClient.newHttpClient();
    private Vertx vertx;
    private TestNode node;
    private Future<Void> stopping = Future.succeededFuture();

    @BeforeEach
    void clientsHaveAVertxOfTheirOwn() {
        vertx = Vertx.vertx();
    }

    @AfterEach
    void stop() {
        await(node.node.stop());
        await(vertx.close());
    }

    private void start(String... settings) {
        node = TestNode.start(settings);
    }

    @Test
    void newClientsAreRefusedOnEveryTransportWhileTheOthersAreServed() throws Exception {
        start("drain.notice=30s", "drain.within=1s", "drain.timeout=60s", "auth.token-in-query=true");
        WsClient here = login("here", "feed:drain");
        SseClient stream = SseClient.open(node, "/sse?channel=feed:drain", node.token("reader"), null);
        assertThat(post(XHR, "").body()).startsWith("o");

        stopping = node.node.stop();

        for (String path :
                List.of("/ws", "/ws/feed/drain", "/eventbus/websocket", "/eventbus/000/another1/websocket")) {
            UpgradeRejectedException refused = handshakeRefused(path + "?token=" + node.token("late"));
            assertThat(refused.getStatus()).as(path).isEqualTo(503);
            assertThat(refused.getHeaders().get("Retry-After")).as(path).isEqualTo("1");
            assertThat(refused.getBody().toJsonObject().getInteger("code")).isEqualTo(4010);
        }
        assertRefused(get("/sse?channel=feed:drain&token=" + node.token("late")));
        assertRefused(get("/eventbus/info"));
        assertRefused(post("/eventbus/000/another2/xhr", ""));
        assertRefused(post("/eventbus/000/another3/xhr_streaming", ""));

        // Whoever was there goes on as before, by whatever transport.
        String login = "{\"type\":\"register\",\"address\":\"feed:drain\",\"headers\":{\"Authorization\":\"Bearer "
                + node.token("poller") + "\"}}";
        assertThat(post(XHR + "_send", new JsonArray().add(login).encode()).statusCode())
                .isEqualTo(204);
        Until.holds(() -> subscribers() == 3, () -> subscribers() + " subscribers");
        assertThat(here.publish(5, "feed:drain", "from a client").getString("type"))
                .isEqualTo("ack");
        assertThat(api("publish", "{\"channel\":\"feed:drain\",\"data\":\"from a server\"}")
                        .getLong("offset"))
                .isEqualTo(2);
        assertThat(here.next("message").getString("data")).isEqualTo("from a client");
        assertThat(here.next("message").getString("data")).isEqualTo("from a server");
        assertThat(stream.next("message").data().getString("data")).isEqualTo("from a client");
        assertThat(stream.next("message").data().getString("data")).isEqualTo("from a server");
        assertThat(polled()).contains("from a client");

        HttpResponse<String> ready = get("/health/ready");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(checksDown(ready.body())).containsExactly("not-draining");
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/metrics").body()).contains("carillon_connections");
        assertThat(api("nodes", "{}").getJsonArray("nodes").getJsonObject(0).getBoolean("draining"))
                .isTrue();
        assertThat(here.frames()).noneMatch(frame -> "reconnect".equals(frame.getString("type")));

        // Nobody is waited for who is not there.
        here.close();
        stream.close();
        api("users/poller/disconnect", "{}");
        await(stopping);
    }

    @Test
    void clientsOfEveryTransportAreSentAwayInTheirOwnWay() throws Exception {
        start("drain.notice=0s", "drain.within=5s", "drain.timeout=30s");
        WsClient json = login("json", "feed:end");
        Ending bare = ending("/ws/feed/end?token=" + node.token("bare"));
        Ending bridge = ending("/eventbus/000/abcdefgh/websocket");
        bridge.socket.writeTextMessage(new JsonArray()
                .add("{\"type\":\"auth\",\"token\":\"" + node.token("bridge") + "\"}")
                .encode());
        SseClient stream = SseClient.open(node, "/sse?channel=feed:end", node.token("reader"), null);
        Until.holds(() -> channels() == 4, () -> channels() + " channels");

        long begun = System.nanoTime();
        stopping = node.node.stop();

        JsonObject reconnect = json.next("reconnect");
        assertThat(reconnect)
                .isEqualTo(new JsonObject()
                        .put("type", "reconnect")
                        .put("reason", "draining")
                        .put("within_ms", 5_000));
        assertThat(bare.code()).isEqualTo(4010);
        // SockJS has a close of its own within the WebSocket, which says the same.
        assertThat(bridge.code()).isEqualTo(4010);
        assertThat(bridge.texts).anyMatch(text -> text.contains("reconnect")).contains("c[4010,\"draining\"]");
        SseClient.Event close = stream.next("close");
        assertThat(close.data().getInteger("code")).isEqualTo(4010);
        assertThat(catchThrowable(() -> stream.next("message"))).hasMessage("the stream ended");
        // Its frame stands between the two: it could publish until its time had passed.
        assertThat(json.publish(9, "feed:end", 1).getString("type")).isEqualTo("ack");
        assertThat(json.closeCode()).isEqualTo(4010);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofSeconds(5));
        await(stopping);
    }

    @Test
    void aNodeWithoutClientsLeavesAtOnceWhateverItsSettingsAllowAndAgainDoesNothing() {
        start("drain.notice=90s", "drain.within=1s", "drain.timeout=120s");

        stopping = node.node.stop();
        Future<Void> again = node.node.stop();

        // A test waits for less than the notice.
        await(stopping);
        assertThat(again.succeeded()).isTrue();
    }

    @Test
    void whoDoesNotReactIsClosedWhenTheNodesTimeIsUp() {
        start("drain.per-second=1", "drain.within=1s", "drain.timeout=2s");
        List<WsClient> clients = java.util.stream.IntStream.range(0, 20)
                .mapToObj(i -> login("idle" + i, "lobby:idle"))
                .toList();

        long begun = System.nanoTime();
        await(node.node.stop());

        clients.forEach(client -> assertThat(client.closeCode()).isEqualTo(4010));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(2));
        long moved = clients.stream()
                .filter(client ->
                        client.frames().stream().anyMatch(frame -> "reconnect".equals(frame.getString("type"))))
                .count();
        assertThat(moved).isBetween(1L, 5L);
    }

    private WsClient login(String user, String channel) {
        return WsClient.login(
                vertx, node.port(), node.token(user), new JsonArray().add(new JsonObject().put("channel", channel)));
    }

    private UpgradeRejectedException handshakeRefused(String path) {
        return (UpgradeRejectedException) catchThrowable(() -> WsClient.connect(vertx, node.port(), path));
    }

    private static void assertRefused(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.uri().getPath()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("1");
        assertThat(new JsonObject(answer.body()).getInteger("code")).isEqualTo(4010);
    }

    private static List<String> checksDown(String body) {
        return new JsonObject(body)
                .getJsonArray("checks").stream()
                        .map(JsonObject.class::cast)
                        .filter(check -> !"UP".equals(check.getString("status")))
                        .map(check -> check.getString("id"))
                        .toList();
    }

    private long subscribers() {
        return api("info", "{}").getLong("subscriptions") - personal();
    }

    // Each user here has a personal channel beside the one that it asked for.
    private long personal() {
        return api("channels", "{\"prefix\":\"user:\"}")
                .getJsonArray("channels")
                .size();
    }

    private int channels() {
        return api("channels", "{\"prefix\":\"user:\"}")
                        .getJsonArray("channels")
                        .size()
                + api("channels", "{\"prefix\":\"feed:\"}")
                        .getJsonArray("channels")
                        .size();
    }

    private String polled() throws Exception {
        String all = "";
        while (!all.contains("from a client")) {
            all += post(XHR, "").body();
        }
        return all;
    }

    private JsonObject api(String path, String body) {
        try {
            HttpResponse<String> answer = send(request("/api/" + path)
                    .header("X-API-Key", TestNode.API_KEY)
                    .POST(HttpRequest.BodyPublishers.ofString(body)));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return new JsonObject(answer.body());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(request(path));
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(30));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private Ending ending(String path) {
        WebSocketConnectOptions options = new WebSocketConnectOptions()
                .setHost("127.0.0.1")
                .setPort(node.port())
                .setURI(path);
        return await(WsClient.open(vertx, vertx.createWebSocketClient(), options, Ending::new));
    }

    /** A socket of which its texts and its end matter. */
    private static final class Ending {
        final WebSocket socket;
        final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
        private final BlockingQueue<Integer> codes = new LinkedBlockingQueue<>();

        Ending(WebSocket socket) {
            this.socket = socket;
            socket.textMessageHandler(texts::add);
            socket.closeHandler(gone -> codes.add((int) socket.closeStatusCode()));
        }

        int code() throws InterruptedException {
            Integer code = codes.poll(30, TimeUnit.SECONDS);
            assertThat(code).as("an end").isNotNull();
            return code;
        }
    }
}
