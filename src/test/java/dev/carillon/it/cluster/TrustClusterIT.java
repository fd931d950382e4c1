package dev.carillon.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.bus.Carillon;
import dev.carillon.config.ClusterSettings;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.RawSocket;
import dev.carillon.testing.TestNode;
import dev.carillon.testing.Until;
import dev.carillon.testing.WsClient;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whom two nodes of one cluster let in, and what tenants see of one another on them. */
@Timeout(60)
class TrustClusterIT {
    private static final String ACME_KEY = "the-api-key-of-acme";

    private static List<TestNode> nodes;
    private static TestNode here;
    private static TestNode there;

    @BeforeAll
    static void start() {
        nodes = TestNode.cluster(
                2,
                "presence.grace=100ms",
                "limits.messages-per-second=100",
                "api.tenant-keys=acme:" + ACME_KEY,
                "tenants.max-connections-of={shut: 0}",
                "bus.outbound=plain.*",
                "bus.inbound=plain.*",
                "namespaces.room={subscribe: any, publish: any, presence: true, join-leave: true}");
        here = nodes.get(0);
        there = nodes.get(1);
    }

    @AfterAll
    static void stop() {
        nodes.forEach(TestNode::stop);
    }

    // --- block and revoke

    @Test
    void aUserBlockedOnOneNodeIsClosedOnAllAtOnceAndLetInNoMore() throws IOException {
        try (RawSocket near = RawSocket.login(here, "eve");
                RawSocket far = RawSocket.login(there, "eve")) {
            Instant asked = Instant.now();
            assertThat(here.api("users/eve/block", new JsonObject()).getInteger("connections"))
                    .as("fewer, where a node had seen the block itself before it was asked")
                    .isBetween(0, 2);
            assertThat(near.closeCode()).isEqualTo(4401);
            assertThat(far.closeCode()).isEqualTo(4401);
            assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(10));
        }
        assertThat(loginCode(there, there.token("eve"))).isEqualTo(4401);
        assertThat(loginCode(here, here.token("eve"))).isEqualTo(4401);
        assertThat(there.api("users/eve", new JsonObject()).getBoolean("blocked"))
                .isTrue();

        assertThat(there.api("users/eve/unblock", new JsonObject()).getBoolean("blocked"))
                .isFalse();

        WsClient back = WsClient.login(there, "eve");
        back.close();
        Until.holds(
                () -> !here.api("users/eve", new JsonObject()).containsKey("blocked"),
                () -> "still blocked on the other");
    }

    @Test
    void oneTokenIsRevokedByItsIdAndNoOther() throws IOException {
        String lost = here.token("olga", new JsonObject());
        String kept = here.token("olga", new JsonObject());
        String id = new JsonObject(Buffer.buffer(Base64.getUrlDecoder().decode(lost.split("\\.")[1]))).getString("jti");
        try (RawSocket victim = RawSocket.connect(there.port())) {
            assertThat(victim.handshake()).startsWith("HTTP/1.1 101 ");
            victim.text(auth(lost).encode());
            victim.next("auth_success");
            JsonObject body = new JsonObject()
                    .put("token_id", id)
                    .put("until", Instant.now().plusSeconds(600).toEpochMilli());
            assertThat(here.api("users/olga/revoke", body).getString("token_id"))
                    .isEqualTo(id);
            assertThat(victim.closeCode()).isEqualTo(4401);
        }
        assertThat(loginCode(there, lost)).isEqualTo(4401);
        WsClient.loginWith(there, kept, new JsonArray()).close();
    }

    @Test
    void aBlockOutlivesARestartOfEachNodeInTurn() {
        List<TestNode> two = TestNode.cluster(2);
        try {
            two.get(1).api("users/rob/block", new JsonObject());
            for (int i : List.of(1, 0)) {
                ClusterSettings was = two.get(i).settings.cluster();
                two.get(i).stop();
                two.set(
                        i,
                        TestNode.start(
                                "cluster.name=" + was.name(),
                                "cluster.port=" + was.port(),
                                "cluster.members=127.0.0.1:"
                                        + two.get(1 - i).settings.cluster().port()));
                assertThat(loginCode(two.get(i), two.get(i).token("rob"))).isEqualTo(4401);
                WsClient.login(two.get(i), "ann").close();
            }
        } finally {
            two.forEach(TestNode::stop);
        }
    }

    @Test
    void everybodysTokensUpToATimeAreRevokedOfOneTenantAlone() throws IOException {
        String old = tenant(here, "initech", "ann");
        String others = here.token("ann");
        JsonObject body = new JsonObject()
                .put("tenant", "initech")
                .put("before", Instant.now().plusMillis(1).toEpochMilli());
        try (RawSocket victim = RawSocket.connect(there.port())) {
            assertThat(victim.handshake()).startsWith("HTTP/1.1 101 ");
            victim.text(auth(old).encode());
            victim.next("auth_success");
            assertThat(here.api("revoke", body).containsKey("before")).isTrue();
            assertThat(victim.closeCode()).isEqualTo(4401);
        }
        assertThat(loginCode(here, old)).isEqualTo(4401);
        WsClient.loginWith(there, others, new JsonArray()).close();
    }

    // --- limits of the whole cluster

    @Test
    void aUserOnTwoNodesHasOneRateForBoth() {
        WsClient near = WsClient.login(here, "busy");
        WsClient far = WsClient.login(there, "busy");
        int limited = 0;
        long id = 2;
        // 200 a second on each: each node alone would let 300 pass for good, were it not told of the other's.
        Instant until = Instant.now().plusSeconds(20);
        while (limited == 0 && Instant.now().isBefore(until)) {
            for (WsClient client : List.of(near, far)) {
                for (int i = 0; i < 20; i++) {
                    client.send(new JsonObject().put("type", "ping").put("id", id + i));
                }
                for (int i = 0; i < 20; i++) {
                    limited += client.reply(id + i).getInteger("code", 0) == 103 ? 1 : 0;
                }
            }
            id += 20;
        }
        assertThat(limited).isPositive();
        near.close();
        far.close();
    }

    // --- tenants

    @Test
    void tenantsNeitherSeeNorReachOneAnothersChannels() {
        WsClient acme = login(here, "acme", "ann", "room:1");
        WsClient globex = login(there, "globex", "ann", "room:1");
        WsClient nobodys = WsClient.login(there, "ann", "room:1");

        assertThat(acme.publish(2, "room:1", "of acme").getLong("offset")).isEqualTo(1);
        assertThat(globex.publish(2, "room:1", "of globex").getLong("offset")).isEqualTo(1);
        assertThat(nobodys.publish(2, "room:1", "of nobody").getLong("offset")).isEqualTo(1);

        for (WsClient client : List.of(acme, globex, nobodys)) {
            JsonObject message = client.next("message");
            assertThat(message.getString("channel")).isEqualTo("room:1");
            assertThat(message.getString("user_id")).isEqualTo("ann");
        }
        assertThat(data(acme)).containsExactly("of acme");
        assertThat(data(globex)).containsExactly("of globex");
        assertThat(data(nobodys)).containsExactly("of nobody");

        acme.send(new JsonObject().put("type", "history").put("id", 3).put("channel", "room:1"));
        assertThat(acme.reply(3).getJsonArray("messages")).hasSize(1);
        globex.send(new JsonObject().put("type", "presence").put("id", 3).put("channel", "room:1"));
        assertThat(globex.reply(3).getInteger("sessions")).isEqualTo(1);
        acme.close();
        globex.close();
        nobodys.close();
    }

    @Test
    void noNameLeadsIntoAnotherTenant() {
        WsClient globex = login(there, "globex", "mallory");
        long id = 10;
        for (String channel : List.of(
                "acme\u001froom:1", "acme/room:1", "\u001froom:1", "room:1\u001f", "../acme/room:1", "acme:room:1")) {
            JsonObject refused = globex.subscribe(++id, channel);
            assertThat(refused.getString("type")).as(channel).isEqualTo("error");
            assertThat(refused.getInteger("code")).as(channel).isIn(200, 202);
            assertThat(globex.publish(++id, channel, 1).getString("type")).isEqualTo("error");
        }
        assertThat(loginCode(there, there.token("m", new JsonObject().put("tenant", "acme\u001f"))))
                .isEqualTo(4001);
        assertThat(loginCode(there, there.token("m", new JsonObject().put("tenant", ""))))
                .isEqualTo(4001);
        assertThat(loginCode(there, there.token("m", new JsonObject().put("tenant", 5))))
                .isEqualTo(4001);
        globex.close();
    }

    @Test
    void onlineTellsOfOnesOwnTenantAlone() {
        WsClient acme = login(here, "acme", "watcher", "online");
        WsClient globex = login(there, "globex", "watcher", "online");
        WsClient guest = login(there, "acme", "guest");
        assertThat(acme.next(frame -> isOnline(frame, "guest"), "guest in acme"))
                .isNotNull();
        WsClient other = login(here, "globex", "other");
        assertThat(globex.next(frame -> isOnline(frame, "other"), "other in globex"))
                .isNotNull();
        assertThat(globex.frames()).noneMatch(frame -> isOnline(frame, "guest"));
        guest.close();
        other.close();
        acme.close();
        globex.close();
    }

    private static boolean isOnline(JsonObject frame, String user) {
        return "message".equals(frame.getString("type"))
                && user.equals(frame.getJsonObject("data").getString("user_id"));
    }

    @Test
    void aTenantsKeyReachesItsOwnUsersAndChannels() {
        WsClient acme = login(here, "acme", "keyed");
        WsClient globex = login(there, "globex", "keyed");
        assertThat(as(ACME_KEY, "users/keyed/publish", new JsonObject().put("data", "hello"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(acme.next("message").getString("data")).isEqualTo("hello");

        JsonObject seen = as(ACME_KEY, "users/keyed", new JsonObject()).bodyAsJsonObject();
        assertThat(seen.getString("user_id")).isEqualTo("keyed");
        assertThat(seen.getJsonArray("sessions")).hasSize(1);
        String channels =
                as(ACME_KEY, "channels", new JsonObject().put("limit", 1000)).bodyAsString();
        assertThat(channels).contains("user:keyed").doesNotContain("globex").doesNotContain("acme");

        as(ACME_KEY, "users/keyed/disconnect", new JsonObject());
        assertThat(acme.closeCode()).isEqualTo(4401);
        // What globex is told next is its own.
        here.api("users/keyed/publish", new JsonObject().put("tenant", "globex").put("data", "still here"));
        assertThat(globex.next("message").getString("data")).isEqualTo("still here");
        globex.close();
    }

    @Test
    void aVerticleReachesTheTenantItNamesAndHearsWhoseUsersCome() {
        List<String> came = new CopyOnWriteArrayList<>();
        Carillon carillon = Carillon.connect(here.vertx());
        ClusterMember.await(carillon.onUserOnline(event -> came.add(event.tenant() + "/" + event.userId())));
        WsClient acme = login(here, "acme", "served", "room:served");
        WsClient nobodys = WsClient.login(there, "served", "room:served");
        Until.holds(() -> came.containsAll(List.of("acme/served", "/served")), came::toString);

        ClusterMember.await(carillon.of("acme").publish("room:served", "for acme"));
        ClusterMember.await(carillon.of("acme").publishToUser("served", "for acme's"));
        ClusterMember.await(carillon.publish("room:served", "for nobody"));

        assertThat(nobodys.next("message").getString("data")).isEqualTo("for nobody");
        assertThat(acme.next("message").getString("data")).isEqualTo("for acme");
        assertThat(acme.next("message").getString("data")).isEqualTo("for acme's");
        assertThat(ClusterMember.await(carillon.of("acme").history("room:served", 9))
                        .publications())
                .hasSize(1);
        assertThat(ClusterMember.await(carillon.of("globex").user("served")).online())
                .isFalse();
        acme.close();
        nobodys.close();
    }

    @Test
    void aBlockedUserOfOneTenantIsNotBlockedInAnother() throws IOException {
        as(ACME_KEY, "users/sam/block", new JsonObject());
        assertThat(loginCode(there, tenant(there, "acme", "sam"))).isEqualTo(4401);
        login(there, "globex", "sam").close();
        WsClient.login(there, "sam").close();
    }

    @Test
    void aTenantHasItsOwnNumberOfSessions() {
        assertThat(loginCode(here, tenant(here, "shut", "ann"))).isEqualTo(4429);
    }

    @Test
    void aTenantsClientOfTheBridgeHasNoPlainAddresses() throws IOException {
        try (RawSocket bridge = RawSocket.connect(here.port())) {
            String head = bridge.request(
                    "GET /eventbus/websocket HTTP/1.1",
                    "Host: localhost",
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
            assertThat(head).startsWith("HTTP/1.1 101 ");
            bridge.text(new JsonObject()
                    .put("type", "auth")
                    .put("token", tenant(here, "acme", "bridged"))
                    .encode());
            bridge.text("{\"type\":\"register\",\"address\":\"plain.news\"}");
            assertThat(bridge.next("err").getInteger("failureCode")).isEqualTo(203);
            bridge.text("{\"type\":\"publish\",\"address\":\"plain.news\",\"body\":1}");
            assertThat(bridge.next("err").getInteger("failureCode")).isEqualTo(203);
            bridge.text("{\"type\":\"register\",\"address\":\"room:bridged\"}");
            bridge.text("{\"type\":\"publish\",\"address\":\"room:bridged\",\"body\":\"mine\"}");
            JsonObject received = bridge.next("rec");
            while (!"mine".equals(received.getValue("body"))) {
                received = bridge.next("rec");
            }
            assertThat(received.getString("address")).isEqualTo("room:bridged");
        }
    }

    private static HttpResponse<Buffer> as(String key, String path, JsonObject body) {
        return ClusterMember.await(here.http()
                .post(here.port(), "127.0.0.1", "/api/" + path)
                .putHeader("X-API-Key", key)
                .sendJsonObject(body));
    }

    private static List<Object> data(WsClient client) {
        List<Object> data = new ArrayList<>();
        client.frames().stream()
                .filter(frame -> "message".equals(frame.getString("type")))
                .forEach(frame -> data.add(frame.getValue("data")));
        return data;
    }

    private static String tenant(TestNode node, String tenant, String user) {
        return node.token(user, new JsonObject().put("tenant", tenant));
    }

    private static WsClient login(TestNode node, String tenant, String user, String... channels) {
        JsonArray subscribe = new JsonArray();
        for (String channel : channels) {
            subscribe.add(new JsonObject().put("channel", channel));
        }
        return WsClient.loginWith(node, tenant(node, tenant, user), subscribe);
    }

    private static JsonObject auth(String token) {
        return new JsonObject().put("type", "auth").put("id", 1).put("token", token);
    }

    private static int loginCode(TestNode node, String token) {
        try (RawSocket client = RawSocket.connect(node.port())) {
            assertThat(client.handshake()).startsWith("HTTP/1.1 101 ");
            client.text(auth(token).encode());
            return client.closeCode();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
