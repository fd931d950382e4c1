package dev.carillon.it.cluster;

import static dev.carillon.testing.Heard.announcements;
import static dev.carillon.testing.Heard.change;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.NodeProcess;
import dev.carillon.testing.ProcessCluster;
import dev.carillon.testing.Until;
import dev.carillon.testing.WsClient;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Nodes that are killed one after the other, so that whoever cleans up after the first is the second. With two copies, for
 * the second dies before what the first held is copied again.
 */
class CleanUpProcessClusterIT {
    private static final String ROOM = "lobby:cleaned";
    private static final int GUESTS = 4;

    @Test
    void aCleanerThatDiesAtItIsFollowedByTheNextAndNobodyLeavesTwice() {
        try (ProcessCluster cluster = ProcessCluster.start(5, "presence.grace=500ms", "cluster.copies=2")) {
            NodeProcess cleaner = cluster.node(0);
            NodeProcess first = cluster.node(3);
            List<WsClient> watchers = new ArrayList<>();
            for (int i : new int[] {1, 2, 4}) {
                watchers.add(cluster.login(cluster.node(i), "watcher" + i, ROOM, "online"));
            }
            List<String> guests = new ArrayList<>();
            for (int i = 0; i < GUESTS; i++) {
                guests.add("first" + i);
                cluster.login(first, "first" + i, ROOM);
                guests.add("cleaner" + i);
                cluster.login(cleaner, "cleaner" + i, ROOM);
            }
            // A node that dies before it has announced a user leaves that to nobody.
            for (WsClient watcher : watchers) {
                for (String guest : guests) {
                    Until.holds(
                            () -> announcements(watcher, guest).contains("user_online"),
                            () -> guest + " never came online: " + watcher.frames());
                }
            }

            cluster.release(first).kill();
            // The moment at which it learns of it, and begins.
            cleaner.awaitLine(line -> line.contains(first.id() + " left"), "that a node left");
            cluster.release(cleaner).kill();

            for (WsClient watcher : watchers) {
                for (String guest : guests) {
                    Until.holds(
                            () -> announcements(watcher, guest).contains("user_offline"),
                            () -> guest + " never went offline: " + watcher.frames() + "\n" + cluster.nodes());
                }
            }
            cluster.awaitWhole();
            JsonObject presence = cluster.api(cluster.node(0), "presence", new JsonObject().put("channel", ROOM));
            assertThat(presence.getJsonArray("members").stream()
                            .map(member -> ((JsonObject) member).getString("user_id")))
                    .containsExactlyInAnyOrder("watcher1", "watcher2", "watcher4");
            WsClient marker = cluster.login(cluster.node(1), "marker", ROOM);
            for (WsClient watcher : watchers) {
                long version = change(watcher, "join", "marker").getLong("version");
                Until.holds(
                        () -> announcements(watcher, "marker").contains("user_online"),
                        () -> "no marker: " + watcher.frames());
                List<JsonObject> leaves = watcher.frames().stream()
                        .filter(frame -> "leave".equals(frame.getString("type")))
                        .toList();
                assertThat(leaves)
                        .extracting(leave -> leave.getString("user_id"))
                        .doesNotHaveDuplicates();
                if (leaves.size() < guests.size()) {
                    // Those whose teller died after the step: seen by the hole before the next change.
                    assertThat(version)
                            .isGreaterThan(leaves.stream()
                                            .mapToLong(leave -> leave.getLong("version"))
                                            .max()
                                            .orElse(0)
                                    + 1);
                }
                for (String guest : guests) {
                    assertThat(announcements(watcher, guest)).containsExactly("user_online", "user_offline");
                }
            }
        }
    }
}
