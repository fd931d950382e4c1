package dev.carillon.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.Bystander;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.SseClient;
import dev.carillon.testing.TestNode;
import dev.carillon.testing.Until;
import dev.carillon.testing.WsClient;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a node serves besides {@code /ws}: the API, tokens, server-sent events, the bare endpoint, health and meters. */
@Timeout(60)
class HttpIT {
    private static final Map<String, String> KEY = Map.of("X-API-Key", TestNode.API_KEY);

    private static TestNode node;
    private static Bystander bystander;

    @BeforeAll
    static void start() {
        node = TestNode.start(
                "presence.grace=100ms",
                "namespaces.shut={}",
                "namespaces.inbox={subscribe: any, personal: true, presence: true, join-leave: true}");
        bystander = new Bystander(node);
    }

    @AfterAll
    static void stop() {
        bystander.close();
        node.stop();
    }

    @AfterEach
    void othersGoOn() {
        bystander.assertStillServed();
    }

    // --- the API

    @Test
    void aServerPublishesAndReadsHistory() {
        WsClient client = WsClient.login(node, "reader", "feed:api");
        JsonObject publish =
                new JsonObject().put("channel", "feed:api").put("data", "hello").put("key", "k1");

        JsonObject first = node.api("publish", publish);
        JsonObject again = node.api("publish", publish);

        assertThat(first.getLong("offset")).isEqualTo(1);
        assertThat(first.getBoolean("duplicate")).isFalse();
        assertThat(again.getLong("offset")).isEqualTo(1);
        assertThat(again.getBoolean("duplicate")).isTrue();
        JsonObject message = client.next("message");
        assertThat(message.getString("data")).isEqualTo("hello");
        assertThat(message.containsKey("user_id")).isFalse();

        node.api("publish", new JsonObject().put("channel", "feed:api").put("data", 2));
        JsonObject since =
                new JsonObject().put("epoch", first.getString("epoch")).put("offset", 1);
        JsonObject history =
                node.api("history", new JsonObject().put("channel", "feed:api").put("since", since));
        assertThat(history.getBoolean("complete")).isTrue();
        assertThat(history.getJsonArray("messages")).hasSize(1);
        assertThat(history.getJsonArray("messages").getJsonObject(0).getInteger("data"))
                .isEqualTo(2);
        client.close();
    }

    @Test
    void aServerReachesManyChannelsAndUsersAtOnce() {
        WsClient alice = WsClient.login(node, "alice", "feed:b1");
        WsClient bob = WsClient.login(node, "bob");

        JsonObject sent = node.api(
                "broadcast",
                new JsonObject()
                        .put("channels", new JsonArray().add("feed:b1").add("nowhere:x"))
                        .put("users", new JsonArray().add("bob"))
                        .put("data", "all"));
        node.api("users/bob/publish", new JsonObject().put("data", "only bob"));

        assertThat(sent.getJsonArray("results")).hasSize(3);
        assertThat(sent.getJsonArray("results").getJsonObject(0).getLong("offset"))
                .isEqualTo(1);
        assertThat(sent.getJsonArray("results")
                        .getJsonObject(1)
                        .getJsonObject("error")
                        .getInteger("code"))
                .isEqualTo(202);
        assertThat(alice.next("message").getString("channel")).isEqualTo("feed:b1");
        JsonObject personal = bob.next("message");
        assertThat(personal.getString("channel")).isEqualTo("user:bob");
        assertThat(personal.getString("data")).isEqualTo("all");
        assertThat(bob.next("message").getString("data")).isEqualTo("only bob");
        alice.close();
        bob.close();
    }

    @Test
    void aServerSeesWhoIsThereAndSubscribesAndDisconnectsThem() {
        WsClient carol = WsClient.login(node, "carol", "messages:p");
        JsonObject presence = node.api("presence", new JsonObject().put("channel", "messages:p"));
        assertThat(presence.getJsonArray("members")).hasSize(1);
        assertThat(presence.getJsonArray("members").getJsonObject(0).getString("user_id"))
                .isEqualTo("carol");
        JsonObject stats = node.api("presence/stats", new JsonObject().put("channel", "messages:p"));
        assertThat(stats.getInteger("users")).isEqualTo(1);
        assertThat(stats.containsKey("members")).isFalse();
        JsonObject user = node.api("users/carol", new JsonObject());
        assertThat(user.getBoolean("online")).isTrue();
        assertThat(user.getJsonArray("sessions").getJsonObject(0).getString("transport"))
                .isEqualTo("websocket");

        JsonObject both = new JsonObject().put("user_id", "carol").put("channel", "shut:room");
        assertThat(node.api("subscribe", both).getInteger("connections")).isEqualTo(1);
        assertThat(carol.next("subscribed").getString("channel")).isEqualTo("shut:room");
        node.api("publish", new JsonObject().put("channel", "shut:room").put("data", 1));
        assertThat(carol.next("message").getString("channel")).isEqualTo("shut:room");
        assertThat(node.api("unsubscribe", both).getInteger("connections")).isEqualTo(1);
        assertThat(carol.next("unsubscribed").getString("channel")).isEqualTo("shut:room");

        String session = carol.frames().get(0).getString("session_id");
        JsonObject closed = node.api("users/carol/disconnect", new JsonObject().put("session_id", session));
        assertThat(closed.getInteger("connections")).isEqualTo(1);
        assertThat(carol.closeCode()).isEqualTo(4401);
        carol.close();
    }

    @Test
    void anOperatorSeesChannelsNodesAndTheNodeThatAnswers() {
        node.api("publish", new JsonObject().put("channel", "feed:listed").put("data", 1));

        JsonArray channels = node.api("channels", new JsonObject().put("prefix", "feed:listed"))
                .getJsonArray("channels");
        assertThat(channels).hasSize(1);
        assertThat(channels.getJsonObject(0).getInteger("kept")).isEqualTo(1);
        JsonObject nodes = node.api("nodes", new JsonObject());
        assertThat(nodes.getString("node")).isEqualTo(node.node.id());
        assertThat(nodes.getJsonArray("nodes")).hasSize(1);
        JsonObject info = node.api("info", new JsonObject());
        assertThat(info.getString("id")).isEqualTo(node.node.id());
        assertThat(info.getInteger("connections")).isGreaterThanOrEqualTo(2);
        HttpResponse<Buffer> document = send(HttpMethod.GET, "/api/openapi.json", Map.of(), "");
        assertThat(document.bodyAsJsonObject().getJsonObject("paths").fieldNames())
                .contains("/api/publish", "/api/token/refresh/");
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "POST | /api/publish | {\"channel\":\"nowhere:x\",\"data\":1} | 404 | 202",
                "POST | /api/publish | {\"channel\":\"feed:x\"} | 400 | 200",
                "POST | /api/publish | {\"channel\":\" \",\"data\":1} | 400 | 200",
                "POST | /api/publish | rubbish | 400 | 200",
                "POST | /api/publish | [] | 400 | 200",
                "POST | /api/history | {\"channel\":\"feed:x\",\"limit\":0} | 400 | 200",
                "POST | /api/broadcast | {\"data\":1} | 400 | 200",
                "POST | /api/users/a%20b | {} | 400 | 200",
                "POST | /api/users/a/disconnect | {\"code\":4999} | 400 | 200",
                "POST | /api/users/a/revoke | {\"token_id\":\"x\"} | 400 | 200",
                "POST | /api/nothing | {} | 404 | 201",
                "GET | /api/publish | | 405 | 200",
                "DELETE | /api/users/a | | 405 | 200",
            })
    void aBadCallIsAnsweredWithAStatusAndACode(String method, String path, String body, int status, int code) {
        HttpResponse<Buffer> answer = send(HttpMethod.valueOf(method), path, KEY, body == null ? "" : body);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.bodyAsJsonObject().getJsonObject("error").getInteger("code"))
                .isEqualTo(code);
    }

    @Test
    void dataThatIsTooLargeIsRefusedAndABodyThatIsTooLargeToo() {
        JsonObject large = new JsonObject().put("channel", "feed:x").put("data", "x".repeat(40_000));
        JsonObject huge = new JsonObject().put("channel", "feed:x").put("data", "x".repeat(2_000_000));
        for (JsonObject body : new JsonObject[] {large, huge}) {
            HttpResponse<Buffer> answer = send(HttpMethod.POST, "/api/publish", KEY, body.encode());
            assertThat(answer.statusCode()).isEqualTo(413);
            assertThat(answer.bodyAsJsonObject().getJsonObject("error").getInteger("code"))
                    .isEqualTo(209);
        }
    }

    @Test
    void onlyAKeyOrATokenWithTheScopeOpensTheApi() {
        String body = "{\"channel\":\"feed:closed\",\"data\":1}";
        String scoped = node.token("robot", new JsonObject().put("scope", "carillon:api"));
        assertThat(send(HttpMethod.POST, "/api/publish", Map.of(), body).statusCode())
                .isEqualTo(401);
        assertThat(send(HttpMethod.POST, "/api/publish", Map.of("X-API-Key", "x".repeat(20)), body)
                        .statusCode())
                .isEqualTo(401);
        assertThat(send(HttpMethod.POST, "/api/publish", bearer("rubbish"), body)
                        .statusCode())
                .isEqualTo(401);
        assertThat(send(HttpMethod.POST, "/api/publish", bearer(node.token("human")), body)
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(HttpMethod.POST, "/api/publish", bearer(scoped), body).statusCode())
                .isEqualTo(200);
    }

    // --- tokens

    @Test
    void aRefreshCookieIsRotatedAndItsAccessTokensOpenConnections() {
        JsonObject wanted = new JsonObject()
                .put("user_id", "nina")
                .put("refresh", true)
                .put("info", new JsonObject().put("name", "Nina"));
        HttpResponse<Buffer> login = send(HttpMethod.POST, "/api/token", KEY, wanted.encode());
        assertThat(login.statusCode()).isEqualTo(200);
        String cookie = cookie(login);

        for (int i = 0; i < 2; i++) {
            HttpResponse<Buffer> refreshed = send(HttpMethod.POST, "/api/token/refresh/", Map.of("Cookie", cookie), "");
            assertThat(refreshed.statusCode()).isEqualTo(200);
            assertThat(refreshed.bodyAsJsonObject().containsKey("refresh_token"))
                    .isFalse();
            assertThat(cookie(refreshed)).isNotEqualTo(cookie);
            cookie = cookie(refreshed);
            WsClient nina =
                    WsClient.loginWith(node, refreshed.bodyAsJsonObject().getString("access_token"), new JsonArray());
            assertThat(nina.frames().get(0).getString("user_id")).isEqualTo("nina");
            nina.close();
        }

        node.api("users/nina/revoke", new JsonObject());
        assertThat(send(HttpMethod.POST, "/api/token/refresh/", Map.of("Cookie", cookie), "")
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void aRefreshNeedsItsOwnCookieAndAPageOfItsOwnSite() {
        HttpResponse<Buffer> login =
                send(HttpMethod.POST, "/api/token", KEY, "{\"user_id\":\"olga\",\"refresh\":true}");
        String path = "/api/token/refresh/";

        assertThat(send(HttpMethod.POST, path, Map.of(), "").statusCode()).isEqualTo(401);
        assertThat(send(HttpMethod.POST, path, Map.of("Cookie", "carillon_refresh=rubbish"), "")
                        .statusCode())
                .isEqualTo(401);
        assertThat(send(HttpMethod.POST, path, Map.of("Cookie", "carillon_refresh=" + node.token("olga")), "")
                        .statusCode())
                .isEqualTo(401);
        assertThat(send(
                                HttpMethod.POST,
                                path,
                                Map.of("Cookie", cookie(login), "Origin", "https://evil.example.org"),
                                "")
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(HttpMethod.GET, path, Map.of("Cookie", cookie(login)), "")
                        .statusCode())
                .isEqualTo(405);
        assertThat(send(HttpMethod.POST, path, Map.of("Cookie", cookie(login)), "")
                        .statusCode())
                .isEqualTo(200);
    }

    private static String cookie(HttpResponse<Buffer> answer) {
        String set = answer.getHeader("Set-Cookie");
        assertThat(set)
                .startsWith("carillon_refresh=")
                .containsIgnoringCase("; HttpOnly")
                .contains("; SameSite=Strict", "; Path=/api/token");
        return set.substring(0, set.indexOf(';'));
    }

    // --- server-sent events

    @Test
    void aStreamOfEventsGoesOnWhereItBroke() throws Exception {
        String last;
        try (SseClient stream = SseClient.open(node, "/sse?channel=feed:sse", node.token("sse"), null)) {
            assertThat(subscribed(stream, "feed:sse").getBoolean("recovered")).isFalse();
            publish("feed:sse", 1);
            SseClient.Event first = stream.next("message");
            assertThat(first.data().getInteger("data")).isEqualTo(1);
            assertThat(first.id()).endsWith(":1");
            last = first.id();
        }
        IntStream.rangeClosed(2, 4).forEach(n -> publish("feed:sse", n));

        try (SseClient stream = SseClient.open(node, "/sse?channel=feed:sse", node.token("sse"), last)) {
            publish("feed:sse", 5);
            for (int n = 2; n <= 5; n++) {
                SseClient.Event event = stream.next("message");
                assertThat(event.data().getInteger("data")).isEqualTo(n);
                assertThat(event.id()).isEqualTo(last.substring(0, last.lastIndexOf(':')) + ":" + n);
            }
        }
    }

    @Test
    void aStreamWhosePositionIsUnknownSaysSo() throws Exception {
        publish("feed:sse2", 1);
        try (SseClient stream = SseClient.open(node, "/sse?channel=feed:sse2", node.token("sse2"), "another-epoch:0")) {
            assertThat(subscribed(stream, "feed:sse2").getBoolean("recovered")).isFalse();
            publish("feed:sse2", 2);
            assertThat(stream.next("message").data().getInteger("data")).isEqualTo(2);
        }
    }

    private static JsonObject subscribed(SseClient stream, String channel) throws IOException {
        JsonObject subscribed = stream.next("subscribed").data();
        while (!subscribed.getString("channel").equals(channel)) {
            subscribed = stream.next("subscribed").data();
        }
        return subscribed;
    }

    @Test
    void aStreamEndsWithItsCode() throws Exception {
        try (SseClient stream = SseClient.open(node, "/sse?channel=feed:sse3", node.token("sse3"), null)) {
            stream.next("subscribed");
            node.api("users/sse3/revoke", new JsonObject());
            assertThat(stream.next("close").data().getInteger("code")).isEqualTo(4401);
        }
    }

    @ParameterizedTest(name = "{0} {2}")
    @CsvSource({
        "/sse?channel=feed:x, none, , 401, 4001",
        "/sse?channel=feed:x, rubbish, , 401, 4001",
        "/sse, good, , 400, 200",
        "/sse?channel=, good, , 400, 200",
        "/sse?channel=nowhere:x, good, , 404, 202",
        "/sse?channel=shut:x, good, , 403, 203",
        "/sse?channel=user:other, good, , 403, 203",
        "/sse?channel=feed:x&last_event_id=rubbish, good, , 400, 200",
        "/sse?channel=feed:x, good, https://evil.example.org, 403, 4403",
    })
    void aStreamThatIsRefusedIsAStatus(String path, String token, String origin, int status, int code) {
        Map<String, String> headers =
                token.equals("none") ? Map.of() : bearer(token.equals("good") ? node.token("sse4") : token);
        if (origin != null) {
            headers = Map.of("Authorization", headers.get("Authorization"), "Origin", origin);
        }
        HttpResponse<Buffer> answer = send(HttpMethod.GET, path, headers, "");

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.bodyAsJsonObject().getInteger("code")).isEqualTo(code);
    }

    private static void publish(String channel, Object data) {
        assertThat(node.api("publish", new JsonObject().put("channel", channel).put("data", data))
                        .getString("channel"))
                .isEqualTo(channel);
    }

    // --- the bare endpoint

    @Test
    void twoBareClientsTalkWithoutEnvelopes() {
        WsClient anna = bare("/ws/messages/42?token=" + node.token("anna"));
        anna.next(frame -> isJoinOf(frame, "anna"), "her own join");
        WsClient bert = bare("/ws/messages/42/?token=" + node.token("bert"));
        anna.next(frame -> isJoinOf(frame, "bert"), "the join of bert");
        WsClient envelopes = WsClient.login(node, "enver", "messages:42");

        JsonObject said = new JsonObject().put("type", "chat").put("text", "hello");
        anna.send(said);

        assertThat(bert.next("chat")).isEqualTo(said);
        assertThat(anna.next("chat")).isEqualTo(said);
        JsonObject enveloped = envelopes.next("message");
        assertThat(enveloped.getJsonObject("data")).isEqualTo(said);
        assertThat(enveloped.getString("user_id")).isEqualTo("anna");
        bert.send("{\"type\":\"ping\"}");
        assertThat(bert.next("pong")).isNotNull();
        bert.close();
        assertThat(anna.next("leave").getString("user_id")).isEqualTo("bert");
        anna.close();
        envelopes.close();
    }

    private static boolean isJoinOf(JsonObject frame, String user) {
        return "join".equals(frame.getString("type")) && user.equals(frame.getString("user_id"));
    }

    @Test
    void aBareClientIsToldWhatWasRefusedAndGoesOn() {
        WsClient client = bare("/ws/lobby/bare?token=" + node.token("chris"));
        client.next("join");
        client.send("rubbish");
        assertThat(client.next("error").getInteger("code")).isEqualTo(200);
        client.send("{\"text\":\"" + "x".repeat(40_000) + "\"}");
        assertThat(client.next("error").getInteger("code")).isEqualTo(209);
        client.send("[".repeat(10_000) + "]".repeat(10_000));
        assertThat(client.next("error").getInteger("code")).isEqualTo(200);
        client.send("{\"type\":\"still here\"}");
        assertThat(client.next("still here")).isNotNull();
        client.close();
    }

    @Test
    void aBareClientHearsOfUsersWhoComeAndGo() {
        WsClient watcher = bare("/ws/online?token=" + node.token("watcher"));
        // Nobody else is told that it is there now.
        JsonObject online = new JsonObject().put("channel", "online");
        Until.holds(
                () -> node.api("channel", online).getInteger("subscribers") > 0, () -> "the watcher is not subscribed");
        JsonObject claims = new JsonObject().put("full_name", "Dora D.");
        WsClient dora = WsClient.loginWith(node, node.token("dora", claims), new JsonArray());

        JsonObject came = watcher.next(frame -> isAbout(frame, "user_online", "dora"), "dora online");
        assertThat(came.getString("full_name")).isEqualTo("Dora D.");
        dora.close();
        assertThat(watcher.next(frame -> isAbout(frame, "user_offline", "dora"), "dora offline"))
                .isNotNull();
        watcher.close();
    }

    @Test
    void aBareClientHearsWhatIsForItsUserWhereItsNamespaceSaysSo() {
        String token = node.token("olga");
        WsClient inbox = bare("/ws/inbox?token=" + token);
        WsClient lobby = bare("/ws/lobby/olga?token=" + token);
        inbox.next("join");
        lobby.next("join");

        node.api("users/olga/publish", new JsonObject().put("data", new JsonObject().put("type", "for olga")));
        node.api(
                "broadcast",
                new JsonObject()
                        .put("channels", new JsonArray().add("inbox").add("lobby:olga"))
                        .put("data", new JsonObject().put("type", "for all")));

        assertThat(inbox.next("for olga").fieldNames()).containsExactly("type");
        assertThat(inbox.next("for all")).isNotNull();
        assertThat(lobby.next("for all")).isNotNull();
        assertThat(lobby.frames()).noneMatch(frame -> "for olga".equals(frame.getString("type")));
        inbox.close();
        lobby.close();
    }

    private static boolean isAbout(JsonObject frame, String type, String user) {
        return type.equals(frame.getString("type")) && user.equals(frame.getString("user_id"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"/ws/shut/x, 4403", "/ws/user/somebody, 4403"})
    void aBareClientThatMayNotSubscribeIsClosedWith4403(String path, int code) {
        WsClient client = bare(path + "?token=" + node.token("eva"));
        assertThat(client.closeCode()).isEqualTo(code);
        client.close();
    }

    @Test
    void aBareClientWithoutAGoodTokenIsClosedWith4001() {
        WsClient bad = bare("/ws/lobby/x?token=rubbish");
        assertThat(bad.closeCode()).isEqualTo(4001);
        bad.close();
        WsClient talking = bare("/ws/lobby/x");
        talking.send("{\"text\":\"let me in\"}");
        assertThat(talking.closeCode()).isEqualTo(4001);
        talking.close();
        WsClient late = bare("/ws/lobby/x");
        late.send(new JsonObject().put("type", "auth").put("token", node.token("late")));
        assertThat(late.next("join").getString("user_id")).isEqualTo("late");
        late.close();
    }

    private static WsClient bare(String path) {
        return WsClient.connect(node.vertx(), node.port(), path);
    }

    // --- operators

    @Test
    void healthAndMetersAreServed() {
        assertThat(send(HttpMethod.GET, "/health/live", Map.of(), "").statusCode())
                .isEqualTo(200);
        HttpResponse<Buffer> ready = send(HttpMethod.GET, "/health/ready", Map.of(), "");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.bodyAsJsonObject().getJsonArray("checks")).hasSize(4);

        // The one that asks is one; Vert.x takes the meter away, for a moment too long at times, when there is none.
        double underWay = Math.max(1, node.meterIfAny("vertx_http_server_active_requests"));
        double published = node.meter("carillon_publications_total{namespace=\"feed\"}");
        double refused = node.meter("carillon_refusals_total{code=\"202\"}");
        publish("feed:metered", 1);
        WsClient client = WsClient.login(node, "metered");
        client.publish(2, "feed:metered", 2);
        client.publish(3, "nowhere:x", 3);
        while (node.meterIfAny("vertx_http_server_active_requests") > underWay) {
            Thread.onSpinWait(); // A WebSocket is no request under way: if it were one, this would not end.
        }
        client.close();

        assertThat(node.meter("carillon_publications_total{namespace=\"feed\"}"))
                .isEqualTo(published + 2);
        assertThat(node.meter("carillon_refusals_total{code=\"202\"}")).isEqualTo(refused + 1);
        assertThat(node.meter("carillon_connections{transport=\"websocket\"}")).isGreaterThanOrEqualTo(2);
    }

    @Test
    void theDemonstrationLogsInAndItsPageIsServed() {
        HttpResponse<Buffer> login =
                send(HttpMethod.POST, "/dev/login", Map.of(), "{\"user_id\":\"demo\",\"name\":\"Demo\"}");
        WsClient demo = WsClient.loginWith(node, login.bodyAsJsonObject().getString("token"), new JsonArray());
        assertThat(demo.frames().get(0).getString("user_id")).isEqualTo("demo");
        demo.close();
        assertThat(send(
                                HttpMethod.POST,
                                "/dev/login",
                                Map.of("Origin", "https://evil.example.org"),
                                "{\"user_id\":\"x\"}")
                        .statusCode())
                .isEqualTo(403);
    }

    private static Map<String, String> bearer(String token) {
        return Map.of("Authorization", "Bearer " + token);
    }

    private static HttpResponse<Buffer> send(HttpMethod method, String path, Map<String, String> headers, String body) {
        var request = node.http().request(method, node.port(), "127.0.0.1", path);
        headers.forEach(request::putHeader);
        return ClusterMember.await(body.isEmpty() ? request.send() : request.sendBuffer(Buffer.buffer(body)));
    }
}
