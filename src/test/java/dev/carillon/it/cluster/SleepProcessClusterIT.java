package dev.carillon.it.cluster;

import static dev.carillon.testing.ClusterMember.await;
import static dev.carillon.testing.Heard.announcements;
import static dev.carillon.testing.Heard.change;
import static dev.carillon.testing.Heard.dataUntil;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.NodeProcess;
import dev.carillon.testing.ProcessCluster;
import dev.carillon.testing.Until;
import dev.carillon.testing.WsClient;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Three nodes as processes, one of which is stopped for longer than the others wait for it, and goes on. It is the oldest,
 * the one that cleans up after others and decides who is a member.
 */
class SleepProcessClusterIT {
    private static final String ROOM = "lobby:sleep";

    private static ProcessCluster cluster;

    @BeforeAll
    static void start() {
        cluster = ProcessCluster.start(3, "presence.grace=300ms");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void whoIsOnANodeThatSleepsLeavesOnceAndIsBackOnceWhenItWakes() {
        NodeProcess sleeper = cluster.node(0);
        NodeProcess awake = cluster.node(1);
        List<WsClient> watchers = List.of(
                cluster.login(awake, "watcher1", ROOM, "online"),
                cluster.login(cluster.node(2), "watcher2", ROOM, "online"));
        List<String> sleepers = List.of("ann", "bob");
        List<WsClient> clients = sleepers.stream()
                .map(user -> cluster.login(sleeper, user, ROOM))
                .toList();
        WsClient both = cluster.login(sleeper, "both", ROOM);
        WsClient bothElsewhere = cluster.login(awake, "both");
        for (WsClient watcher : watchers) {
            change(watcher, "join", "both");
        }
        publish(awake, 0);
        publish(sleeper, 1);
        dataUntil(both, ROOM, 1);

        sleeper.pause();
        for (WsClient watcher : watchers) {
            sleepers.forEach(user -> awaitAnnounced(watcher, user, "user_online", "user_offline"));
        }
        publish(awake, 2);
        sleeper.resume();
        publish(awake, 3);

        sleeper.awaitLine(line -> line.contains("this node stood still for"), "that it stood still");
        for (WsClient watcher : watchers) {
            sleepers.forEach(user -> awaitAnnounced(watcher, user, "user_online", "user_offline", "user_online"));
        }
        cluster.awaitWhole();
        publish(sleeper, 4);
        for (WsClient watcher : watchers) {
            for (String user : List.of("ann", "bob", "both")) {
                Until.holds(() -> changes(watcher, user).size() == 3, () -> user + ": " + changes(watcher, user));
            }
        }
        WsClient marker = cluster.login(cluster.node(2), "marker", ROOM);
        assertPresent("ann", "bob", "both", "marker", "watcher1", "watcher2");
        for (WsClient watcher : watchers) {
            change(watcher, "join", "marker");
            for (String user : sleepers) {
                assertThat(changes(watcher, user)).as(user).containsExactly("join", "leave", "join");
                assertThat(announcements(watcher, user))
                        .as(user)
                        .containsExactly("user_online", "user_offline", "user_online");
            }
            assertThat(changes(watcher, "both")).containsExactly("join", "leave", "join");
            assertThat(announcements(watcher, "both")).containsExactly("user_online");
            assertThat(dataUntil(watcher, ROOM, 4)).containsExactly(0, 1, 2, 3, 4);
        }
        long offset = 5;
        for (WsClient client : List.of(clients.get(0), clients.get(1), both)) {
            assertThat(dataUntil(client, ROOM, 4)).startsWith(0, 1, 2, 3, 4).doesNotHaveDuplicates();
            assertThat(client.publish(9, ROOM, "from a client that stayed, " + offset)
                            .getLong("offset"))
                    .isEqualTo(++offset);
            client.close();
        }
        for (WsClient watcher : watchers) {
            awaitAnnounced(watcher, "ann", "user_online", "user_offline", "user_online", "user_offline");
            watcher.close();
        }
        bothElsewhere.close();
        marker.close();
    }

    private static void awaitAnnounced(WsClient watcher, String user, String... types) {
        Until.holds(
                () -> announcements(watcher, user).equals(List.of(types)),
                () -> user + ": " + announcements(watcher, user) + "\n" + cluster.nodes());
    }

    /** In order, as they came. */
    private static List<String> changes(WsClient watcher, String user) {
        return watcher.frames().stream()
                .filter(frame -> List.of("join", "leave").contains(frame.getString("type")))
                .filter(frame -> ROOM.equals(frame.getString("channel")) && user.equals(frame.getString("user_id")))
                .map(frame -> frame.getString("type"))
                .toList();
    }

    private static void assertPresent(String... users) {
        for (NodeProcess node : cluster.nodes()) {
            JsonObject presence = cluster.api(node, "presence", new JsonObject().put("channel", ROOM));
            assertThat(presence.getJsonArray("members").stream()
                            .map(member -> ((JsonObject) member).getString("user_id")))
                    .containsExactlyInAnyOrder(users);
        }
    }

    /** Publishes once, however often it takes: the key makes a retry harmless. */
    private static void publish(NodeProcess node, int number) {
        JsonObject publication =
                new JsonObject().put("channel", ROOM).put("data", number).put("key", "sleep/" + number);
        assertThat(await(attempt(node, publication, 100)).getLong("offset")).isEqualTo(number + 1);
    }

    private static Future<JsonObject> attempt(NodeProcess node, JsonObject publication, int left) {
        return cluster.apiLater(node, "publish", publication)
                .recover(cause -> left == 0
                        ? Future.failedFuture(cause)
                        : cluster.vertx().timer(200).compose(later -> attempt(node, publication, left - 1)));
    }
}
