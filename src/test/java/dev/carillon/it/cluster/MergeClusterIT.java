package dev.carillon.it.cluster;

import static dev.carillon.testing.ClusterMember.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.UnavailableException;
import dev.carillon.channel.history.HistoryPage;
import dev.carillon.config.ClusterSettings;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.Cut;
import dev.carillon.testing.Namespaces;
import dev.carillon.testing.Until;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two parts of one cluster, each with its own idea of a channel, become one again. */
@Timeout(180)
class MergeClusterIT {
    private static final Map<String, NamespaceSettings> NAMESPACES = Map.of("feed", Namespaces.kept(1_000));
    private static final int CHANNELS = 30;
    private static final int LONE = 2;

    private List<ClusterMember> members = List.of();

    @AfterEach
    void stop() {
        members.forEach(ClusterMember::stop);
    }

    @Test
    void whatTheMajorityAcknowledgedIsAllThereAndTheMinorityAddedNothing() {
        start(ClusterSettings.AUTO);
        Map<String, List<String>> acked = new HashMap<>();
        for (int i = 0; i < CHANNELS; i++) {
            published(members.get(i % 3), "feed:" + i, "before", acked);
        }
        cut();
        for (int i = 0; i < CHANNELS; i++) {
            assertThat(refusal(publish(members.get(LONE), "feed:" + i, "\"minority\"")))
                    .isTrue();
            published(members.get(i % 2), "feed:" + i, "majority", acked);
        }
        awaitWhole();
        for (int i = 0; i < CHANNELS; i++) {
            published(members.get(i % 3), "feed:" + i, "after", acked);
        }
        for (int i = 0; i < CHANNELS; i++) {
            assertThat(history("feed:" + i)).containsExactlyElementsOf(acked.get("feed:" + i));
        }
    }

    /** Without protection, both parts write: the larger part's streams stay, and are never mixed with the other's. */
    @Test
    void twoHistoriesOfAChannelAreNeverMixed() {
        start("1");
        Map<String, List<String>> larger = new HashMap<>();
        Map<String, List<String>> smaller = new HashMap<>();
        for (int i = 0; i < CHANNELS; i++) {
            published(members.get(i % 3), "feed:" + i, "before", larger);
        }
        cut();
        for (int i = 0; i < CHANNELS; i++) {
            published(members.get(LONE), "feed:" + i, "smaller", new HashMap<>());
            published(members.get(LONE), "feed:only" + i, "smaller", smaller);
            published(members.get(i % 2), "feed:" + i, "larger", larger);
        }
        awaitWhole();
        for (int i = 0; i < CHANNELS; i++) {
            String only = "feed:only" + i;
            assertThat(history("feed:" + i)).containsExactlyElementsOf(larger.get("feed:" + i));
            Until.holds(
                    () -> history(only).equals(smaller.get(only)), () -> only + " did not come back: " + history(only));
        }
    }

    private void start(String quorum) {
        String cluster = "merge-" + System.nanoTime();
        ClusterMember a = ClusterMember.join(ClusterMember.Setup.usual().withQuorum(quorum), cluster, NAMESPACES);
        ClusterMember b = ClusterMember.join(ClusterMember.Setup.usual().withQuorum(quorum), cluster, NAMESPACES, a);
        ClusterMember c = ClusterMember.join(ClusterMember.Setup.usual().withQuorum(quorum), cluster, NAMESPACES, a, b);
        members = new ArrayList<>(List.of(a, b, c));
    }

    private void cut() {
        Cut.off(members.get(LONE), members.subList(0, LONE));
        Until.holds(() -> sizes().equals(List.of(2, 2, 1)), () -> "not cut: " + sizes());
    }

    private void awaitWhole() {
        Until.holds(() -> sizes().equals(List.of(3, 3, 3)), () -> "not merged: " + sizes());
    }

    private List<Integer> sizes() {
        return members.stream()
                .map(member -> member.hazelcast.getLifecycleService().isRunning()
                        ? member.hazelcast.getCluster().getMembers().size()
                        : 0)
                .toList();
    }

    private static void published(ClusterMember from, String channel, String text, Map<String, List<String>> acked) {
        String json = "\"" + text + " " + from.id() + "\"";
        Ack ack = await(publish(from, channel, json));
        acked.computeIfAbsent(channel, first -> new ArrayList<>())
                .add(ack.position().epoch() + ":" + ack.position().offset() + json);
    }

    private static Future<Ack> publish(ClusterMember from, String channel, String json) {
        return from.loops.publish(
                new ChannelName(channel), new Draft(Payload.json(json), null, null, System.currentTimeMillis()));
    }

    private static boolean refusal(Future<?> outcome) {
        return await(outcome.transform(
                done -> Future.succeededFuture(done.failed() && done.cause() instanceof UnavailableException)));
    }

    private List<String> history(String channel) {
        HistoryPage page = await(members.get(1).node.channels().history(new ChannelName(channel), null, 1_000, false));
        return page.publications().stream().map(MergeClusterIT::text).toList();
    }

    private static String text(Publication publication) {
        return publication.epoch() + ":" + publication.offset()
                + new String(publication.data().json(), StandardCharsets.UTF_8);
    }
}
