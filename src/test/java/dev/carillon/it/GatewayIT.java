package dev.carillon.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.TestNode;
import dev.carillon.testing.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One node, real sockets: what the protocol promises to a client that behaves. */
class GatewayIT {
    private static TestNode node;

    @BeforeAll
    static void start() {
        node = TestNode.start("presence.grace=3s", "limits.connections-per-user=5");
    }

    @AfterAll
    static void stop() {
        node.stop();
    }

    @Test
    void aMessageReachesAllSubscribersThePublisherAmongThem() {
        WsClient alice = WsClient.login(node, "alice", "lobby:a");
        WsClient bob = WsClient.login(node, "bob", "lobby:a");

        JsonObject ack = alice.publish(7, "lobby:a", new JsonObject().put("text", "hi"));

        assertThat(ack.getString("type")).isEqualTo("ack");
        assertThat(ack.getLong("offset")).isEqualTo(1);
        for (WsClient client : new WsClient[] {alice, bob}) {
            JsonObject message = client.next("message");
            assertThat(message.getString("channel")).isEqualTo("lobby:a");
            assertThat(message.getLong("offset")).isEqualTo(1);
            assertThat(message.getString("user_id")).isEqualTo("alice");
            assertThat(message.getJsonObject("data")).isEqualTo(new JsonObject().put("text", "hi"));
        }
        alice.close();
        bob.close();
    }

    @Test
    void whoComesBackWithAPositionGetsExactlyWhatItMissed() {
        WsClient alice = WsClient.login(node, "alice2", "lobby:b");
        JsonObject subscribed = subscription(alice, "lobby:b");
        IntStream.rangeClosed(1, 5)
                .forEach(i -> assertThat(alice.publish(10 + i, "lobby:b", i).getString("type"))
                        .isEqualTo("ack"));
        alice.close();

        WsClient back = WsClient.loginWith(
                node,
                node.token("alice2"),
                new JsonArray()
                        .add(new JsonObject()
                                .put("channel", "lobby:b")
                                .put("epoch", subscribed.getString("epoch"))
                                .put("offset", 2)));
        JsonObject again = subscription(back, "lobby:b");

        assertThat(again.getBoolean("recovered")).isTrue();
        assertThat(again.getJsonArray("messages").stream().map(m -> ((JsonObject) m).getInteger("data")))
                .containsExactly(3, 4, 5);
        back.close();
    }

    @Test
    void whatWasMissedOnAllChannelsTogetherIsBoundedAsOnOne() {
        WsClient alice = WsClient.login(node, "alice6");
        String data = "x".repeat(30_000);
        JsonArray positions = new JsonArray();
        for (String channel : List.of("lobby:big1", "lobby:big2")) {
            String epoch = alice.subscribe(positions.size() + 2, channel).getString("epoch");
            positions.add(
                    new JsonObject().put("channel", channel).put("epoch", epoch).put("offset", 0));
            for (int i = 0; i < 20; i++) {
                assertThat(alice.publish(100L * positions.size() + i, channel, data)
                                .getString("type"))
                        .isEqualTo("ack");
            }
        }
        alice.close();

        WsClient back = WsClient.loginWith(node, node.token("alice6"), positions);
        assertThat(back.frames().get(0).getJsonArray("subscriptions").stream()
                        .map(JsonObject.class::cast)
                        .filter(s -> s.getString("channel").startsWith("lobby:big"))
                        .map(s -> s.getBoolean("recovered") + " "
                                + s.getJsonArray("messages").size()))
                .containsExactlyInAnyOrder("true 20", "false 0");
        back.close();
    }

    @Test
    void aPublishWithTheSameKeyIsAcknowledgedAsADuplicate() {
        WsClient alice = WsClient.login(node, "alice3");
        JsonObject publish = new JsonObject()
                .put("type", "publish")
                .put("channel", "lobby:c")
                .put("data", 1)
                .put("key", "k");
        alice.send(publish.copy().put("id", 2));
        assertThat(alice.reply(2).getBoolean("duplicate")).isFalse();
        alice.send(publish.copy().put("id", 3));
        assertThat(alice.reply(3).getBoolean("duplicate")).isTrue();
        assertThat(alice.reply(3).getLong("offset")).isEqualTo(alice.reply(2).getLong("offset"));
        alice.close();
    }

    @Test
    void theSixthConnectionOfAUserGets4429() {
        WsClient[] five = new WsClient[5];
        for (int i = 0; i < 5; i++) {
            five[i] = WsClient.login(node, "crowd");
        }
        WsClient sixth = WsClient.connect(node.vertx(), node.port(), "/ws");
        sixth.send(new JsonObject().put("type", "auth").put("id", 1).put("token", node.token("crowd")));

        assertThat(sixth.closeCode()).isEqualTo(4429);
        for (WsClient client : five) {
            client.close();
        }
    }

    @Test
    void onlineAndOfflineAreToldOncePerUserAndAReloadDoesNotFlicker() {
        WsClient watcher = WsClient.login(node, "watcher", "online");
        WsClient tab1 = WsClient.login(node, "zoe");
        WsClient tab2 = WsClient.login(node, "zoe");
        tab1.close();
        tab2.close();
        WsClient reloaded = WsClient.login(node, "zoe");
        reloaded.close();

        watcher.next(frame -> isAbout(frame, "zoe", "user_offline"), "user_offline of zoe");
        assertThat(watcher.frames().stream()
                        .filter(f -> f.containsKey("data") && "zoe".equals(data(f).getString("user_id"))))
                .extracting(f -> data(f).getString("type"))
                .containsExactly("user_online", "user_offline");
        watcher.close();
    }

    @Test
    void presenceListsMembersAndTellsJoinsAndLeaves() {
        WsClient alice = WsClient.login(node, "alice5", "lobby:p");
        WsClient bob = WsClient.login(node, "bob5", "lobby:p");
        alice.next(f -> "join".equals(f.getString("type")) && "bob5".equals(f.getString("user_id")), "join of bob");
        alice.send(new JsonObject().put("type", "presence").put("id", 3).put("channel", "lobby:p"));
        JsonObject presence = alice.reply(3);
        assertThat(presence.getInteger("users")).isEqualTo(2);
        assertThat(presence.getJsonArray("members").stream().map(m -> ((JsonObject) m).getString("user_id")))
                .containsExactly("alice5", "bob5");

        bob.close();
        JsonObject leave = alice.next(
                f -> "leave".equals(f.getString("type")) && "bob5".equals(f.getString("user_id")), "leave of bob");
        assertThat(leave.getLong("version")).isEqualTo(presence.getLong("version") + 1);
        alice.close();
    }

    @Test
    void aPersonalMessageReachesEveryDeviceOfTheUser() {
        WsClient phone = WsClient.login(node, "dora");
        WsClient desk = WsClient.login(node, "dora");
        WsClient other = WsClient.login(node, "eve");
        assertThat(other.subscribe(4, "user:dora").getInteger("code")).isEqualTo(203);
        phone.close();
        desk.close();
        other.close();
    }

    /** They come in the order in which they were granted. */
    private static JsonObject subscription(WsClient client, String channel) {
        return client.frames().get(0).getJsonArray("subscriptions").stream()
                .map(JsonObject.class::cast)
                .filter(subscribed -> subscribed.getString("channel").equals(channel))
                .findFirst()
                .orElseThrow();
    }

    private static JsonObject data(JsonObject frame) {
        return frame.getJsonObject("data");
    }

    private static boolean isAbout(JsonObject frame, String user, String type) {
        return "message".equals(frame.getString("type"))
                && user.equals(data(frame).getString("user_id"))
                && type.equals(data(frame).getString("type"));
    }
}
