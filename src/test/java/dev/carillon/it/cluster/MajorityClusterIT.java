package dev.carillon.it.cluster;

import static dev.carillon.testing.ClusterMember.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.UnavailableException;
import dev.carillon.channel.history.HistoryPage;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.FreePort;
import dev.carillon.testing.Namespaces;
import dev.carillon.testing.Until;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Writes while members of a cluster in this JVM die, leave and return. */
@Timeout(180)
class MajorityClusterIT {
    private static final Map<String, NamespaceSettings> NAMESPACES = Map.of("feed", Namespaces.kept(10_000));
    private static final int CHANNELS = 40;

    private final String cluster = "majority-" + System.nanoTime();
    private final List<ClusterMember> started = new ArrayList<>();

    @AfterEach
    void stop() {
        started.forEach(ClusterMember::stop);
    }

    @Test
    void whatIsPublishedWhileAMemberDiesIsAcknowledgedAndThereOnceOrRefused() {
        ClusterMember a = join();
        ClusterMember b = join(a);
        ClusterMember c = join(a, b);
        List<Sent> sent = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            if (i == 1_000) {
                c.kill();
            }
            ClusterMember from = i % 2 == 0 ? a : b;
            ChannelName channel = new ChannelName("feed:" + i % CHANNELS);
            sent.add(new Sent(channel, i, publish(from, channel, i)));
        }
        List<Sent> acked = new ArrayList<>();
        for (Sent publication : sent) {
            Throwable refused = refusal(publication.ack);
            if (refused == null) {
                acked.add(publication);
            } else {
                assertThat(refused).isInstanceOf(UnavailableException.class);
            }
        }
        assertThat(acked.stream().filter(publication -> publication.number >= 1_000))
                .as("a majority goes on")
                .isNotEmpty();
        for (int i = 0; i < CHANNELS; i++) {
            ChannelName channel = new ChannelName("feed:" + i);
            HistoryPage page = await(a.node.channels().history(channel, null, 10_000, false));
            List<String> kept =
                    page.publications().stream().map(MajorityClusterIT::text).toList();
            assertThat(kept).doesNotHaveDuplicates();
            for (Sent publication : acked) {
                if (publication.channel.equals(channel)) {
                    Ack ack = publication.ack.result();
                    assertThat(ack.position().epoch()).isEqualTo(page.position().epoch());
                    assertThat(kept.get((int) ack.position().offset() - 1)).isEqualTo("" + publication.number);
                }
            }
        }
    }

    @Test
    void theLastOfThreeRefusesAtOnceUntilOneReturns() {
        int port = FreePort.find();
        ClusterMember a = join();
        ClusterMember b = ClusterMember.join(ClusterMember.Setup.usual().atPort(port), cluster, NAMESPACES, a);
        ClusterMember c = join(a, b);
        started.add(b);
        ChannelName channel = new ChannelName("feed:last");
        await(publish(a, channel, 1));

        b.kill();
        c.kill();
        Until.holds(() -> a.node.majority().isLost(), () -> a.node.majority().why());
        assertThat(a.node.majority().why()).isEqualTo("1 of 3 nodes here, 2 needed");
        long begun = System.nanoTime();
        assertThat(refusal(publish(a, channel, 2)))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("1 of 3");
        assertThat(refusal(a.node.channels().history(channel, null, 10, false)))
                .as("what it would read may be out of date")
                .isInstanceOf(UnavailableException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));

        ClusterMember again = ClusterMember.join(ClusterMember.Setup.usual().atPort(port), cluster, NAMESPACES, a);
        started.add(again);
        Until.holds(() -> a.node.majority().holds(), () -> a.node.majority().why());
        await(publish(a, channel, 3));
        assertThat(await(a.node.channels().history(channel, null, 10, false)).publications())
                .extracting(MajorityClusterIT::text)
                .endsWith("3")
                .doesNotContain("2");
    }

    @Test
    void whoLeavesPolitelyIsNotMissed() {
        ClusterMember a = join();
        ClusterMember b = join(a);
        ClusterMember c = join(a, b);
        List<Boolean> heard = new CopyOnWriteArrayList<>();
        a.node.majority().onChange(heard::add);

        c.stop();
        await(publish(a, new ChannelName("feed:polite"), 1));
        b.stop();
        await(publish(a, new ChannelName("feed:polite"), 2));

        Until.holds(() -> a.hazelcast.getCluster().getMembers().size() == 1, () -> "b is still there");
        await(publish(a, new ChannelName("feed:polite"), 3));
        assertThat(heard).isEmpty();
    }

    @Test
    void oneMoreNodeMayGoOnlyWhileNobodyCameOrWentSinceAllCopiesWereSeen() {
        ClusterMember a = join();
        ClusterMember b = join(a);
        ClusterMember c = join(a, b);
        Until.holds(a.node::hasCopies, () -> "copies are missing");
        List<Boolean> safe = new CopyOnWriteArrayList<>();
        var unused = a.hazelcast.getCluster().addMembershipListener(new MembershipListener() {
            @Override
            public void memberAdded(MembershipEvent event) {}

            @Override
            public void memberRemoved(MembershipEvent event) {
                safe.add(a.node.hasCopies());
            }
        });

        c.kill();
        Until.holds(() -> !safe.isEmpty(), () -> "c is still there");
        assertThat(safe).containsExactly(false);
        Until.holds(a.node::hasCopies, () -> "copies are missing");
    }

    @Test
    void withAFixedQuorumANodeWaitsForTheOthers() {
        ClusterMember a = ClusterMember.join(ClusterMember.Setup.usual().withQuorum("2"), cluster, NAMESPACES);
        started.add(a);
        ChannelName channel = new ChannelName("feed:fixed");
        assertThat(a.node.majority().isLost()).isTrue();
        assertThat(refusal(publish(a, channel, 1))).isInstanceOf(UnavailableException.class);

        started.add(ClusterMember.join(ClusterMember.Setup.usual().withQuorum("2"), cluster, NAMESPACES, a));
        await(publish(a, channel, 2));
        assertThat(a.node.majority().holds()).isTrue();
    }

    private record Sent(ChannelName channel, int number, Future<Ack> ack) {}

    private ClusterMember join(ClusterMember... others) {
        ClusterMember member = ClusterMember.join(cluster, NAMESPACES, others);
        started.add(member);
        return member;
    }

    private static Future<Ack> publish(ClusterMember from, ChannelName channel, int number) {
        return from.loops.publish(
                channel, new Draft(Payload.json("" + number), null, null, System.currentTimeMillis()));
    }

    /** Why it failed; null if it did not. */
    private static @Nullable Throwable refusal(Future<?> outcome) {
        return ClusterMember.<@Nullable Throwable>await(
                outcome.transform(done -> Future.<@Nullable Throwable>succeededFuture(done.cause())));
    }

    private static String text(Publication publication) {
        return new String(publication.data().json(), StandardCharsets.UTF_8);
    }
}
