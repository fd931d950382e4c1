package dev.carillon.cluster.owner;

import static dev.carillon.testing.ClusterMember.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.map.EntryProcessor;
import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.history.ChannelStream.Retention;
import dev.carillon.channel.history.HistoryPage;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.Namespaces;
import dev.carillon.testing.Until;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A step reaches its owner, and on its way to the copy a connection breaks. */
@Timeout(60)
class StaleCopyClusterIT {
    private static final Map<String, NamespaceSettings> NAMESPACES = Map.of("feed", Namespaces.kept(100));
    private static final ChannelName CHANNEL = new ChannelName("feed:stale");

    private final String cluster = "stale-" + System.nanoTime();
    private final ClusterMember one = ClusterMember.join(cluster, NAMESPACES);
    private final ClusterMember two = ClusterMember.join(cluster, NAMESPACES, one);

    @AfterEach
    void stop() {
        one.stop();
        two.stop();
    }

    @Test
    void whatIsAcknowledgedAfterItIsWhereTheAcknowledgementSaidAlsoOnceTheOwnerIsGone() {
        Until.holds(() -> one.node.hasCopies() && two.node.hasCopies(), () -> "copies are missing");
        assertThat(publish(one, "first").position().offset()).isEqualTo(1);
        boolean first = one.hazelcast
                .getPartitionService()
                .getPartition(CHANNEL.value())
                .getOwner()
                .localMember();
        ClusterMember owner = first ? one : two;
        ClusterMember copy = first ? two : one;

        Append append = new Append("gone/0", 1, drafts("lost on its way"), new Retention(100, 60_000, 60_000), "e");
        owner.hazelcast
                .<String, ChannelState>getMap("carillon.channels")
                .submitToKey(CHANNEL.value(), new LostOnItsWay(append))
                .toCompletableFuture()
                .join();
        Ack ack = publish(copy, "third");
        assertThat(ack.position().offset()).isEqualTo(3);

        owner.kill();
        Until.holds(() -> copy.hazelcast.getCluster().getMembers().size() == 1, () -> "the dead never left");
        assertThat(publish(copy, "fourth").position())
                .isEqualTo(new StreamPosition(ack.position().epoch(), 4));
        HistoryPage page = await(copy.node.channels().history(CHANNEL, null, 100, false));
        assertThat(page.publications())
                .extracting(StaleCopyClusterIT::text)
                .containsExactly("first", "lost on its way", "third", "fourth");
    }

    private static Ack publish(ClusterMember from, String text) {
        return await(from.loops.publish(CHANNEL, drafts(text).get(0)));
    }

    private static List<Draft> drafts(String text) {
        List<Draft> drafts = new ArrayList<>();
        drafts.add(new Draft(Payload.json('"' + text + '"'), null, null, System.currentTimeMillis()));
        return drafts;
    }

    private static String text(Publication publication) {
        String json = new String(publication.data().json(), StandardCharsets.UTF_8);
        return json.substring(1, json.length() - 1);
    }

    /** Is made by the owner, and nothing of it by the copy. */
    private record LostOnItsWay(Append append) implements EntryProcessor<String, ChannelState, byte[]> {
        @Override
        public byte @Nullable [] process(Map.Entry<String, ChannelState> entry) {
            return append.process(entry);
        }

        @Override
        public EntryProcessor<String, ChannelState, byte[]> getBackupProcessor() {
            return new ReadNodes();
        }
    }
}
