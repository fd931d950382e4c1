package dev.carillon.it.cluster;

import static dev.carillon.testing.ClusterMember.await;
import static dev.carillon.testing.Heard.announced;
import static dev.carillon.testing.Heard.announcements;
import static dev.carillon.testing.Heard.change;
import static dev.carillon.testing.Heard.dataUntil;
import static dev.carillon.testing.Heard.messages;
import static dev.carillon.testing.Heard.offsets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.NodeProcess;
import dev.carillon.testing.ProcessCluster;
import dev.carillon.testing.Until;
import dev.carillon.testing.WsClient;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Three nodes as separate processes: a client is told the same wherever it is connected. */
class GatewayProcessClusterIT {
    private static ProcessCluster cluster;

    @BeforeAll
    static void start() {
        cluster = ProcessCluster.start(3, "presence.grace=500ms", "limits.connections-per-user=5");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void whatAnyNodePublishesReachesSubscribersOnAllOnceAndInOneOrder() {
        String channel = "feed:order";
        int each = 60;
        List<WsClient> subscribers = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            subscribers.add(cluster.login(node(i), "reader" + i, channel));
        }
        List<WsClient> publishers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            publishers.add(cluster.login(node(i), "writer" + i));
        }
        List<Future<JsonObject>> calls = new ArrayList<>();
        for (int n = 0; n < each; n++) {
            for (int p = 0; p < publishers.size(); p++) {
                publishers
                        .get(p)
                        .send(new JsonObject()
                                .put("type", "publish")
                                .put("id", 100 + n)
                                .put("channel", channel)
                                .put("data", p + "/" + n));
            }
            for (int p = 8; p < 10; p++) {
                calls.add(publish(node(p), channel, p + "/" + n));
            }
        }
        Set<Long> offsets = new HashSet<>();
        for (WsClient publisher : publishers) {
            IntStream.range(0, each)
                    .forEach(n -> offsets.add(publisher.reply(100 + n).getLong("offset")));
        }
        calls.forEach(call -> offsets.add(await(call).getLong("offset")));
        long end = await(publish(node(1), channel, "end")).getLong("offset");

        assertThat(offsets).hasSize(10 * each).doesNotContain(end);
        List<Object> first = dataUntil(subscribers.get(0), channel, "end");
        assertThat(first).hasSize(10 * each + 1).doesNotHaveDuplicates();
        for (int p = 0; p < publishers.size(); p++) {
            String mine = p + "/";
            assertThat(first.stream().map(String.class::cast).filter(data -> data.startsWith(mine)))
                    .as("what one connection publishes keeps its order")
                    .containsExactlyElementsOf(
                            IntStream.range(0, each).mapToObj(n -> mine + n).toList());
        }
        for (WsClient subscriber : subscribers) {
            assertThat(dataUntil(subscriber, channel, "end")).isEqualTo(first);
            assertThat(offsets(subscriber, channel))
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, end).boxed().toList());
        }
        subscribers.forEach(WsClient::close);
        publishers.forEach(WsClient::close);
    }

    @Test
    void aPersonalMessageReachesEveryDeviceOfTheUserAndNobodyElse() {
        List<WsClient> devices = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            devices.add(cluster.login(node(i % 2), "dora"));
        }
        WsClient other = cluster.login(node(2), "eve");

        JsonObject first = cluster.api(node(2), "users/dora/publish", new JsonObject().put("data", "hello"));
        JsonObject second = cluster.api(node(0), "users/dora/publish", new JsonObject().put("data", "again"));
        JsonObject marker = cluster.api(node(2), "users/eve/publish", new JsonObject().put("data", "end"));

        assertThat(first.getString("channel")).isEqualTo("user:dora");
        assertThat(second.getLong("offset")).isEqualTo(first.getLong("offset") + 1);
        assertThat(marker.getString("user_id")).isEqualTo("eve");
        for (WsClient device : devices) {
            assertThat(dataUntil(device, "user:dora", "again")).containsExactly("hello", "again");
        }
        assertThat(dataUntil(other, "user:eve", "end")).containsExactly("end");
        assertThat(messages(other, "user:dora")).isEmpty();
        devices.forEach(WsClient::close);
        other.close();
    }

    @Test
    void theSixthConnectionOfAUserAnywhereGets4429UntilAnotherHasGone() {
        List<WsClient> five = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            five.add(cluster.login(node(i), "crowd"));
        }
        for (NodeProcess node : cluster.nodes()) {
            assertThat(closeCodeOfLogin(node, cluster.token("crowd"))).isEqualTo(4429);
        }

        five.remove(0).close();
        Until.holds(
                () -> sessionsOf("crowd").size() == 4, () -> "the connection is still counted: " + sessionsOf("crowd"));
        five.add(cluster.login(node(2), "crowd"));
        five.forEach(WsClient::close);
    }

    @Test
    void presenceOfAChannelIsTheSameOnEveryNodeAndJoinsAndLeavesAreToldEverywhere() {
        String channel = "lobby:room";
        WsClient anna = cluster.login(node(0), "anna", channel);
        WsClient bert = cluster.login(node(1), "bert", channel);
        WsClient cleo = cluster.login(node(2), "cleo", channel);
        WsClient bert2 = cluster.login(node(2), "bert", channel);
        change(anna, "join", "cleo");
        change(bert, "join", "cleo");

        for (WsClient client : List.of(anna, bert, cleo)) {
            client.send(new JsonObject().put("type", "presence").put("id", 7).put("channel", channel));
            JsonObject presence = client.reply(7);
            assertThat(presence.getInteger("users")).isEqualTo(3);
            assertThat(presence.getInteger("sessions")).isEqualTo(4);
            assertThat(presence.getJsonArray("members").stream().map(m -> ((JsonObject) m).getString("user_id")))
                    .containsExactlyInAnyOrder("anna", "bert", "bert", "cleo");
        }
        JsonObject stats = cluster.api(node(1), "presence/stats", new JsonObject().put("channel", channel));
        assertThat(stats.getInteger("users")).isEqualTo(3);

        cleo.close();
        long version = change(anna, "leave", "cleo").getLong("version");
        assertThat(change(bert, "leave", "cleo").getLong("version")).isEqualTo(version);
        assertThat(change(bert2, "leave", "cleo").getLong("version")).isEqualTo(version);
        assertThat(cluster.api(node(2), "presence", new JsonObject().put("channel", channel))
                        .getInteger("users"))
                .isEqualTo(2);
        List.of(anna, bert, bert2).forEach(WsClient::close);
    }

    @Test
    void aUserWithDevicesOnTwoNodesIsOnlineOnceAndOfflineOnce() {
        List<WsClient> watchers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            watchers.add(cluster.login(node(i), "watcher" + i, "online"));
        }
        WsClient phone = cluster.login(node(0), "zoe");
        WsClient desk = cluster.login(node(1), "zoe");
        JsonObject there = cluster.api(node(2), "users/zoe", new JsonObject());
        assertThat(there.getBoolean("online")).isTrue();
        assertThat(there.getJsonArray("sessions").stream().map(s -> ((JsonObject) s).getString("node")))
                .containsExactlyInAnyOrder(node(0).id(), node(1).id());

        phone.close();
        desk.close();
        watchers.forEach(watcher -> announced(watcher, "user_offline", "zoe"));
        assertThat(cluster.api(node(2), "users/zoe", new JsonObject()).getBoolean("online"))
                .isFalse();
        WsClient marker = cluster.login(node(2), "zoe-marker");
        for (WsClient watcher : watchers) {
            announced(watcher, "user_online", "zoe-marker");
            assertThat(announcements(watcher, "zoe")).containsExactly("user_online", "user_offline");
            watcher.close();
        }
        marker.close();
    }

    @Test
    void aServerEndsTheConnectionsOfAUserFromAnyNode() {
        WsClient here = cluster.login(node(1), "mallory");
        WsClient there = cluster.login(node(2), "mallory");
        WsClient bystander = cluster.login(node(1), "bystander");

        JsonObject done = cluster.api(node(0), "users/mallory/disconnect", new JsonObject());

        assertThat(done.getInteger("connections")).isEqualTo(2);
        assertThat(here.closeCode()).isEqualTo(4401);
        assertThat(there.closeCode()).isEqualTo(4401);
        assertThat(bystander.publish(3, "lobby:alive", 1).getString("type")).isEqualTo("ack");
        bystander.close();
    }

    @Test
    void oneSessionIsEndedByItsIdWithTheCodeAskedFor() {
        WsClient ended = cluster.login(node(1), "olaf");
        WsClient kept = cluster.login(node(2), "olaf");
        String session = ended.frames().get(0).getString("session_id");

        JsonObject done = cluster.api(
                node(0),
                "users/olaf/disconnect",
                new JsonObject().put("session_id", session).put("code", 4409));

        assertThat(done.getInteger("connections")).isEqualTo(1);
        assertThat(ended.closeCode()).isEqualTo(4409);
        assertThat(kept.publish(3, "lobby:alive", 1).getString("type")).isEqualTo("ack");
        kept.close();
    }

    @Test
    void aRevokedUserIsCutOffEverywhereAndItsOldTokenIsRefusedEverywhere() {
        String token = cluster.token("rick");
        List<WsClient> sessions = cluster.nodes().stream()
                .map(node -> WsClient.login(cluster.vertx(), node.port(), token, new JsonArray()))
                .toList();

        JsonObject revoked = cluster.api(node(0), "users/rick/revoke", new JsonObject());

        assertThat(revoked.getString("user_id")).isEqualTo("rick");
        sessions.forEach(session -> assertThat(session.closeCode()).isEqualTo(4401));
        for (NodeProcess node : cluster.nodes()) {
            assertThat(closeCodeOfLogin(node, token)).isEqualTo(4401);
        }
    }

    @Test
    void aServerSubscribesAndUnsubscribesSessionsOnOtherNodes() {
        String channel = "notifications:team";
        WsClient sam = cluster.login(node(2), "sam");

        JsonObject asked = new JsonObject().put("user_id", "sam").put("channel", channel);
        assertThat(cluster.api(node(0), "subscribe", asked).getInteger("connections"))
                .isEqualTo(1);
        JsonObject subscribed = sam.next("subscribed");
        assertThat(subscribed.getString("channel")).isEqualTo(channel);
        assertThat(subscribed.containsKey("id")).isFalse();
        await(publish(node(1), channel, "for sam"));
        assertThat(dataUntil(sam, channel, "for sam")).containsExactly("for sam");

        assertThat(cluster.api(node(1), "unsubscribe", asked).getInteger("connections"))
                .isEqualTo(1);
        JsonObject unsubscribed = sam.next("unsubscribed");
        assertThat(unsubscribed.getString("channel")).isEqualTo(channel);
        assertThat(unsubscribed.getInteger("code")).isEqualTo(2000);
        await(publish(node(1), channel, "not for sam"));
        await(publish(node(1), "user:sam", "end"));
        dataUntil(sam, "user:sam", "end");
        assertThat(messages(sam, channel)).hasSize(1);
        sam.close();
    }

    private static NodeProcess node(int index) {
        return cluster.node(index % 3);
    }

    private static Future<JsonObject> publish(NodeProcess node, String channel, Object data) {
        return cluster.apiLater(
                node, "publish", new JsonObject().put("channel", channel).put("data", data));
    }

    private static int closeCodeOfLogin(NodeProcess node, String token) {
        WsClient refused = WsClient.connect(cluster.vertx(), node.port(), "/ws");
        refused.send(new JsonObject().put("type", "auth").put("id", 1).put("token", token));
        return refused.closeCode();
    }

    private static JsonArray sessionsOf(String user) {
        return cluster.api(node(1), "users/" + user, new JsonObject()).getJsonArray("sessions");
    }
}
