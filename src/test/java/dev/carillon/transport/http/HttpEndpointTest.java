package dev.carillon.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.CloseCode;
import dev.carillon.testing.HttpClientSession;
import dev.carillon.testing.TransportServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpEndpointTest {
    private static final String FEED = "[{\"channel\":\"feed\"}]";
    private static final int MAX_MESSAGE_BYTES = 16 * 1024;

    private Vertx vertx;
    private TransportServer server;

    @BeforeEach
    void start() throws Exception {
        vertx = Vertx.vertx();
        server = new TransportServer(TransportServer.limits(MAX_MESSAGE_BYTES, 3, 100));
        await(vertx.deployVerticle(server));
    }

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    @Test
    void aSessionGoesDownInAStreamAndUpInRequests() {
        HttpClientSession client = HttpClientSession.open(server.port());
        assertThat(client.header("Content-Type")).isEqualTo("text/event-stream");
        assertThat(client.header("Cache-Control")).isEqualTo("no-store, no-transform");
        assertThat(client.header("X-Accel-Buffering")).isEqualTo("no");
        assertThat(client.opened().getString("session")).matches("[0-9a-f]{32}");
        assertThat(client.opened().getLong("resume_within_ms")).isEqualTo(TransportServer.RESUME_WITHIN.toMillis());

        client.send("{\"type\":\"auth\",\"id\":1,\"token\":\"token-alice\",\"subscribe\":" + FEED + "}");
        assertThat(client.nextFrame("auth_success").getString("user_id")).isEqualTo("alice");
        client.send(publish(2, "\"a\""), publish(3, "\"b\""));
        assertThat(client.nextFrame("ack").getLong("offset")).isEqualTo(1);
        assertThat(client.nextFrame("ack").getLong("offset")).isEqualTo(2);
        assertThat(client.nextFrame("message").getString("data")).isEqualTo("a");
        assertThat(client.nextFrame("message").getString("data")).isEqualTo("b");
    }

    @Test
    void aBodyThatComesTwiceDoesNothingTwiceAndOneThatCameTooSoonNothing() throws Exception {
        HttpClientSession client = login("alice");
        client.send(publish(2, "1"), publish(3, "2"));
        assertThat(client.post(2, publish(2, "1") + "\n" + publish(3, "2"))).isEqualTo(204);
        assertThat(client.post(3, publish(3, "2") + "\n" + publish(4, "3") + "\n"))
                .isEqualTo(204);
        assertThat(client.post(9, publish(5, "lost"))).isEqualTo(409);
        assertThat(client.post(5, publish(6, "4"))).isEqualTo(204);
        for (int i = 1; i <= 4; i++) {
            assertThat(client.nextFrame("message").getInteger("data")).isEqualTo(i);
        }
        server.gateway.settle();
        assertThat(server.gateway.commands.stream().filter(ClientFrame.Publish.class::isInstance))
                .hasSize(4);
    }

    @Test
    void whatWasLostWithAStreamComesInTheNextOne() {
        HttpClientSession client = login("alice");
        server.gateway.publish("feed", "1");
        assertThat(client.nextFrame("message").getInteger("data")).isEqualTo(1);
        long has = client.received();
        server.gateway.publish("feed", "2");
        client.nextFrame("message");
        client.drop();
        server.gateway.publish("feed", "3");
        assertThat(client.resume(has)).isEqualTo(200);
        server.gateway.publish("feed", "4");
        for (int i = 2; i <= 4; i++) {
            assertThat(client.nextFrame("message").getInteger("data")).isEqualTo(i);
        }
        assertThat(server.gateway.ended).isEmpty();
    }

    @Test
    void aSecondStreamTakesThePlaceOfTheFirst() {
        HttpClientSession client = login("alice");
        server.gateway.publish("feed", "1");
        client.nextFrame("message");
        assertThat(client.resume(client.received())).isEqualTo(200);
        client.next("end");
        server.gateway.publish("feed", "2");
        assertThat(client.nextFrame("message").getInteger("data")).isEqualTo(2);
        assertThat(server.gateway.ended).isEmpty();
    }

    @Test
    void aSessionThatCannotGoOnWithoutAHoleIsOver() throws Exception {
        HttpClientSession client = login("alice");
        String large = "\"" + "x".repeat(30_000) + "\"";
        for (int i = 0; i < 5; i++) {
            server.gateway.publish("feed", large);
            client.nextFrame("message");
        }
        client.drop();
        assertThat(client.resume(1)).isEqualTo(200);
        assertThat(client.next("close").json().getInteger("code")).isEqualTo(CloseCode.POSITION_LOST.code());
        assertThat(server.gateway.ended.poll(30, TimeUnit.SECONDS)).isNotNull();
        assertThat(client.resume(1)).isEqualTo(404);
        assertThat(client.post(2, publish(2, "1"))).isEqualTo(404);
    }

    @Test
    void aSessionWithoutAStreamEndsAfterAWhileAndOneThatNobodyKnowsAtOnce() throws Exception {
        HttpClientSession client = login("alice");
        client.drop();
        assertThat(server.gateway.ended.poll(30, TimeUnit.SECONDS)).isNotNull();
        assertThat(client.resume(client.received())).isEqualTo(404);

        HttpClientSession silent = HttpClientSession.open(server.port());
        long before = System.nanoTime();
        silent.drop();
        assertThat(server.gateway.ended.poll(30, TimeUnit.SECONDS)).isNotNull();
        assertThat(System.nanoTime() - before).isLessThan(TransportServer.RESUME_WITHIN.toNanos());
    }

    @Test
    void aClientThatSaysGoodbyeIsGoneAtOnceAndWhatItSentBeforeCounts() throws Exception {
        HttpClientSession client = login("alice");
        int status = client.post("?first=2&close=1000", publish(2, "1").getBytes(StandardCharsets.UTF_8));
        assertThat(status).isEqualTo(204);
        long most = TransportServer.RESUME_WITHIN.toMillis() * 2 / 3;
        assertThat(server.gateway.ended.poll(most, TimeUnit.MILLISECONDS)).isNotNull();
        client.next("end");
        assertThat(server.gateway.commands.stream().filter(ClientFrame.Publish.class::isInstance))
                .hasSize(1);
    }

    @Test
    void theNodesCloseIsTheLastEvent() throws Exception {
        HttpClientSession client = login("alice");
        server.gateway.close(CloseCode.TOKEN_EXPIRED);
        JsonObject closed = client.next("close").json();
        assertThat(closed.getInteger("code")).isEqualTo(4003);
        assertThat(closed.getString("reason")).isEqualTo("token expired");
        assertThat(client.next().name()).isEqualTo("end");
        assertThat(server.gateway.ended.poll(30, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void bytesAreALineOfBase64UpAndTheLastOfTheirEventDown() {
        HttpClientSession client = login("alice");
        byte[] bytes = {0, 1, '\n', (byte) 0xff};
        String base64 = Base64.getEncoder().encodeToString(bytes);
        client.send(
                "{\"type\":\"publish\",\"id\":2,\"channel\":\"feed\",\"binary\":true,\"meta\":{\"n\":1}}",
                "\"" + base64 + "\"");
        client.nextFrame("ack");
        String[] event = client.next("binary").data().split("\n");
        assertThat(new JsonObject(event[0]).getJsonObject("meta").getInteger("n"))
                .isEqualTo(1);
        assertThat(event[1]).isEqualTo(base64);
    }

    @Test
    void whatAWebSocketWouldBeClosedForIsTheSameHere() {
        assertThat(closedAfter("\"AAAA\"".getBytes(StandardCharsets.UTF_8))).isEqualTo(1003);
        assertThat(closedAfter(new byte[] {'{', (byte) 0xc3, '}'})).isEqualTo(1007);
        assertThat(closedAfter("\"no base64\"".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(1007);
        byte[] large = new byte[MAX_MESSAGE_BYTES + 1];
        Arrays.fill(large, (byte) ' ');
        assertThat(closedAfter(large)).isEqualTo(1009);
        HttpClientSession client = login("alice");
        assertThat(client.post("?first=2", new byte[2 * MAX_MESSAGE_BYTES + 1])).isEqualTo(413);
        client.send("hello");
        assertThat(client.nextFrame("error").getInteger("code")).isEqualTo(200);
    }

    private int closedAfter(byte[] body) {
        HttpClientSession client = login("alice");
        assertThat(client.post("?first=2", body)).isEqualTo(204);
        return client.next("close").json().getInteger("code");
    }

    @Test
    void requestsThatMakeNoSenseAreRefused() throws Exception {
        HttpClientSession client = login("alice");
        for (String query : new String[] {"", "?first=0", "?first=x", "?first=2&close=x"}) {
            assertThat(client.post(query, new byte[0])).as(query).isEqualTo(400);
        }
        assertThat(client.resume(-1)).isEqualTo(400);
        assertThat(request(HttpMethod.GET, "/http/unknown?after=0").statusCode())
                .isEqualTo(404);
        assertThat(request(HttpMethod.POST, "/http/unknown?first=1").bodyAsJsonObject())
                .isEqualTo(
                        new JsonObject().put("type", "error").put("code", 4006).put("error", "no such session"));
        assertThat(request(HttpMethod.GET, "/http").statusCode()).isEqualTo(405);
    }

    @Test
    void pagesUseItFromAllowedOriginsOnly() throws Exception {
        assertThat(request(HttpMethod.POST, "/http", "Origin", "https://evil.example.org")
                        .statusCode())
                .isEqualTo(403);
        HttpResponse<Buffer> asked =
                request(HttpMethod.POST, "/http/unknown?first=1", "Origin", TransportServer.ORIGIN);
        assertThat(asked.getHeader("Access-Control-Allow-Origin")).isEqualTo(TransportServer.ORIGIN);
        assertThat(request(HttpMethod.OPTIONS, "/http/unknown", "Origin", TransportServer.ORIGIN)
                        .statusCode())
                .isEqualTo(204);
    }

    private HttpResponse<Buffer> request(HttpMethod method, String path, String... headers) throws Exception {
        HttpRequest<Buffer> request = WebClient.create(vertx).request(method, server.port(), "127.0.0.1", path);
        for (int i = 0; i < headers.length; i += 2) {
            request = request.putHeader(headers[i], headers[i + 1]);
        }
        return await(request.send());
    }

    private HttpClientSession login(String user) {
        return HttpClientSession.login(server.port(), "token-" + user, FEED);
    }

    private static String publish(long id, String data) {
        return "{\"type\":\"publish\",\"id\":" + id + ",\"channel\":\"feed\",\"data\":" + data + "}";
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
