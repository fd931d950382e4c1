package dev.carillon.it.cluster;

import static dev.carillon.testing.ClusterMember.await;
import static dev.carillon.testing.Heard.announced;
import static dev.carillon.testing.Heard.announcements;
import static dev.carillon.testing.Heard.change;
import static dev.carillon.testing.Heard.dataUntil;
import static dev.carillon.testing.Heard.offsets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.NodeProcess;
import dev.carillon.testing.ProcessCluster;
import dev.carillon.testing.WsClient;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Nodes as separate processes that come, leave politely and are killed. Each test begins and ends with at least three
 * nodes, in any order; the one that goes is among the oldest, where the one is that cleans up after others.
 */
class MembershipProcessClusterIT {
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final int PART = 50;

    private static ProcessCluster cluster;

    @BeforeAll
    static void start() {
        cluster = ProcessCluster.start(3, "presence.grace=" + GRACE.toMillis() + "ms");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void aNodeThatJoinsLaterServesAtOnceAndKnowsWhatWasPublishedBefore() {
        String channel = "lobby:late" + cluster.node(0).id();
        WsClient old = cluster.login(cluster.node(0), "old", channel);
        String epoch = "";
        for (int i = 1; i <= 20; i++) {
            epoch = cluster.api(cluster.node(i % 3), "publish", publication(channel, i))
                    .getString("epoch");
        }

        NodeProcess late = cluster.join();
        WsClient client = WsClient.login(
                cluster.vertx(),
                late.port(),
                cluster.token("new"),
                new JsonArray()
                        .add(new JsonObject()
                                .put("channel", channel)
                                .put("epoch", epoch)
                                .put("offset", 5)));

        JsonObject subscribed = client.frames().get(0).getJsonArray("subscriptions").stream()
                .map(JsonObject.class::cast)
                .filter(subscription -> channel.equals(subscription.getString("channel")))
                .findFirst()
                .orElseThrow();
        assertThat(subscribed.getBoolean("recovered")).isTrue();
        assertThat(subscribed.getJsonArray("messages").stream().map(message -> ((JsonObject) message).getValue("data")))
                .containsExactlyElementsOf(IntStream.rangeClosed(6, 20).boxed().toList());
        change(old, "join", "new");
        assertThat(old.publish(30, channel, 21).getLong("offset")).isEqualTo(21);
        assertThat(client.publish(31, channel, 22).getLong("offset")).isEqualTo(22);
        assertThat(dataUntil(client, channel, 22)).containsExactly(21, 22);
        assertThat(offsets(client, channel)).containsExactly(21L, 22L);
        assertThat(dataUntil(old, channel, 22)).hasSize(22);
        client.close();
        old.close();
        assertThat(cluster.release(late).stop()).isZero();
        cluster.awaitWhole();
    }

    @Test
    void aNodeThatLeavesPolitelyDropsNobodysSubscriptionOnTheOthers() {
        cluster.join();
        NodeProcess leaving = cluster.node(0);
        String channel = "feed:" + leaving.id();
        WsClient guest = cluster.login(leaving, "guest", channel);
        List<WsClient> subscribers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            subscribers.add(cluster.login(cluster.node(1 + i % 3), "stayer" + i + channel.substring(5), channel));
        }
        NodeProcess elsewhere = cluster.node(1);

        int published = 0;
        for (; published < PART; published++) {
            publish(published % 2 == 0 ? leaving : elsewhere, channel, published);
        }
        dataUntil(guest, channel, PART - 1);
        cluster.release(leaving).terminate();
        while (leaving.isAlive()) {
            publish(elsewhere, channel, published++);
        }
        assertThat(guest.closeCode()).isEqualTo(4010);
        assertThat(leaving.awaitExit()).as(leaving.toString()).isZero();
        assertThat(leaving.out()).anyMatch(line -> line.contains("stopped"));
        assertThat(leaving.complaintsSince("is leaving")).as(leaving.toString()).isEmpty();
        for (int end = published + PART; published < end; published++) {
            publish(elsewhere, channel, published);
        }

        int last = published - 1;
        for (WsClient subscriber : subscribers) {
            assertThat(dataUntil(subscriber, channel, last))
                    .isEqualTo(IntStream.rangeClosed(0, last).boxed().toList());
            assertThat(offsets(subscriber, channel))
                    .isEqualTo(LongStream.rangeClosed(1, last + 1).boxed().toList());
            subscriber.close();
        }
        cluster.awaitWhole();
    }

    @Test
    void whoWasOnAKilledNodeLeavesItsChannelsAndGoesOfflineOnceAfterTheGracePeriod() {
        String room = "lobby:killed";
        cluster.join();
        NodeProcess victim = cluster.node(0);
        WsClient lost = cluster.login(victim, "lost", room);
        WsClient both = cluster.login(victim, "both", room);
        WsClient bothElsewhere = cluster.login(cluster.node(1), "both");
        List<WsClient> watchers = new ArrayList<>();
        for (int i = 1; i < 4; i++) {
            watchers.add(cluster.login(cluster.node(i), "watcher" + i, room, "online"));
        }
        change(watchers.get(0), "join", "watcher3");

        long killedAt = System.currentTimeMillis();
        cluster.release(victim).kill();

        for (WsClient watcher : watchers) {
            List<String> left = List.of(leaver(watcher), leaver(watcher));
            assertThat(left).containsExactlyInAnyOrder("lost", "both");
            JsonObject offline = announced(watcher, "user_offline", "lost");
            assertThat(offline.getLong("timestamp")).isGreaterThanOrEqualTo(killedAt + GRACE.toMillis());
        }
        cluster.awaitWhole();
        JsonObject presence = cluster.api(cluster.node(2), "presence", new JsonObject().put("channel", room));
        assertThat(presence.getJsonArray("members").stream().map(member -> ((JsonObject) member).getString("user_id")))
                .containsExactlyInAnyOrder("watcher1", "watcher2", "watcher3");
        assertThat(cluster.api(cluster.node(0), "users/both", new JsonObject()).getBoolean("online"))
                .isTrue();
        WsClient marker = cluster.login(cluster.node(2), "marker" + victim.id());
        for (WsClient watcher : watchers) {
            announced(watcher, "user_online", "marker" + victim.id());
            assertThat(announcements(watcher, "lost")).endsWith("user_offline").containsOnlyOnce("user_offline");
            assertThat(announcements(watcher, "both")).doesNotContain("user_offline");
            assertThat(watcher.publish(50, room, watcher.toString()).getString("type"))
                    .isEqualTo("ack");
            watcher.close();
        }
        marker.close();
        bothElsewhere.close();
        assertThat(lost.closeCode()).isEqualTo(1006);
        assertThat(both.closeCode()).isEqualTo(1006);
    }

    private static String leaver(WsClient watcher) {
        return watcher.next(frame -> "leave".equals(frame.getString("type")), "a leave")
                .getString("user_id");
    }

    private static JsonObject publication(String channel, int number) {
        return new JsonObject().put("channel", channel).put("data", number).put("key", channel + "/" + number);
    }

    /** Publishes once, however often it takes: the key makes a retry harmless. */
    private static void publish(NodeProcess node, String channel, int number) {
        JsonObject published = await(attempt(node, publication(channel, number), 20));
        assertThat(published.getLong("offset")).isEqualTo(number + 1);
    }

    private static Future<JsonObject> attempt(NodeProcess node, JsonObject publication, int left) {
        return cluster.apiLater(node, "publish", publication)
                .recover(cause -> left == 0
                        ? Future.failedFuture(cause)
                        : cluster.vertx().timer(100).compose(later -> attempt(node, publication, left - 1)));
    }
}
