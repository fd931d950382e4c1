package dev.carillon.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.carillon.testing.HttpClientSession;
import dev.carillon.testing.TestNode;
import dev.carillon.testing.WsClient;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A node, and clients that speak {@code carillon.v1.json} over HTTP. */
@Timeout(60)
class HttpSessionIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static TestNode node;
    private static HttpClientSession client;

    @BeforeAll
    static void start() {
        node = TestNode.start("limits.messages-per-second=10000", "auth.timeout=5s", "limits.connections-per-user=5");
        client = HttpClientSession.login(node.port(), node.token("alice"), "[]");
    }

    @AfterAll
    static void stop() {
        client.close();
        node.stop();
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void aFaultIsAnsweredAsOverAWebSocket(JsonNode vector) throws Exception {
        client.send(text(vector));
        JsonObject error = client.nextFrame("error");
        assertThat(error.getInteger("code")).isEqualTo(vector.get("code").intValue());
        assertThat(error.getLong("id", 0L)).isEqualTo(vector.get("id").longValue());
    }

    // A line break ends a message here, and a JSON string is bytes: over HTTP there are no such faults.
    static Stream<Named<JsonNode>> invalid() throws IOException {
        try (InputStream in = HttpSessionIT.class.getResourceAsStream("/conformance/client-invalid.json")) {
            return StreamSupport.stream(JSON.readTree(in).spliterator(), false)
                    .filter(vector ->
                            !vector.has("text") || isOneLine(vector.get("text").textValue()))
                    .map(vector -> Named.of(vector.get("name").textValue(), vector));
        }
    }

    private static boolean isOneLine(String text) {
        return !text.isEmpty() && !text.contains("\n") && !text.startsWith("\"");
    }

    private static String text(JsonNode vector) throws IOException {
        return vector.has("text") ? vector.get("text").textValue() : JSON.writeValueAsString(vector.get("frame"));
    }

    @Test
    void bothFormsMeetOnOneChannel() {
        WsClient ws = WsClient.login(node, "bob", "lobby:met");
        HttpClientSession http = login("carol", "lobby:met", "");
        http.send(publish("lobby:met", "\"over http\""));
        assertThat(ws.next("message").getString("data")).isEqualTo("over http");
        assertThat(http.nextFrame("message").getString("user_id")).isEqualTo("carol");
        ws.publish(2, "lobby:met", "over ws");
        assertThat(http.nextFrame("message").getString("data")).isEqualTo("over ws");
        http.close();
        ws.close();
    }

    @Test
    void aSessionRecoversFromItsPosition() {
        HttpClientSession first = login("dave", "feed:http", "");
        for (int i = 1; i <= 5; i++) {
            publishAsServer("feed:http", i);
        }
        JsonObject second = first.nextFrame("message");
        first.close();
        HttpClientSession again = HttpClientSession.open(node.port());
        again.send(auth("dave", "feed:http", position(second)));
        JsonObject subscribed = again.nextFrame("auth_success").getJsonArray("subscriptions").stream()
                .map(JsonObject.class::cast)
                .filter(each -> each.getString("channel").equals("feed:http"))
                .findFirst()
                .orElseThrow();
        assertThat(subscribed.getBoolean("recovered")).isTrue();
        assertThat(subscribed.getJsonArray("messages")).hasSize(4);
        again.close();
    }

    @Test
    void bytesReachBothForms() {
        WsClient ws = WsClient.login(node, "erin", "lobby:bytes");
        HttpClientSession http = login("frank", "lobby:bytes", "");
        String base64 = Base64.getEncoder().encodeToString(new byte[] {0, 10, -1});
        http.send(
                "{\"type\":\"publish\",\"id\":7,\"channel\":\"lobby:bytes\",\"binary\":true,\"meta\":1}",
                "\"" + base64 + "\"");
        assertThat(http.next("binary").data()).endsWith("\n" + base64);
        assertThat(ws.next("message").getBoolean("binary")).isTrue();
        http.close();
        ws.close();
    }

    @Test
    void whoDoesNotSayWhoItIsIsClosedInTime() {
        assertThat(HttpClientSession.open(node.port()).next("close").json().getInteger("code"))
                .isEqualTo(4002);
        HttpClientSession forged = HttpClientSession.open(node.port());
        forged.send("{\"type\":\"auth\",\"token\":\"forged\"}");
        assertThat(forged.nextFrame("auth_error").getInteger("code")).isEqualTo(4001);
        assertThat(forged.next("close").json().getInteger("code")).isEqualTo(4001);
        HttpClientSession hasty = HttpClientSession.open(node.port());
        hasty.send("{\"type\":\"ping\"}");
        assertThat(hasty.next("close").json().getInteger("code")).isEqualTo(4001);
    }

    @Test
    void aUsersConnectionsAreCountedAsOverAWebSocket() {
        for (int i = 0; i < 5; i++) {
            login("grace", "lobby:count", "");
        }
        HttpClientSession sixth = HttpClientSession.open(node.port());
        sixth.send(auth("grace", "lobby:count", ""));
        assertThat(sixth.next("close").json().getInteger("code")).isEqualTo(4429);
        assertThat(node.meter("carillon_connections{transport=\"http\"}")).isPositive();
    }

    private static HttpClientSession login(String user, String channel, String position) {
        HttpClientSession session = HttpClientSession.open(node.port());
        session.send(auth(user, channel, position));
        session.nextFrame("auth_success");
        return session;
    }

    private static String auth(String user, String channel, String position) {
        return "{\"type\":\"auth\",\"id\":1,\"token\":\"" + node.token(user) + "\",\"subscribe\":[{\"channel\":\""
                + channel + "\"" + position + "}]}";
    }

    private static String position(JsonObject message) {
        return ",\"epoch\":\"" + message.getString("epoch") + "\",\"offset\":" + message.getLong("offset");
    }

    private static String publish(String channel, String data) {
        return "{\"type\":\"publish\",\"id\":5,\"channel\":\"" + channel + "\",\"data\":" + data + "}";
    }

    private static void publishAsServer(String channel, int data) {
        JsonObject answer =
                node.api("publish", new JsonObject().put("channel", channel).put("data", data));
        assertThat(answer.getLong("offset")).isPositive();
    }
}
