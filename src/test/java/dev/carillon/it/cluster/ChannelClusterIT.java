package dev.carillon.it.cluster;

import static dev.carillon.testing.ClusterMember.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Hub;
import dev.carillon.channel.Payload;
import dev.carillon.channel.StreamPosition;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.presence.Member;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.Namespaces;
import dev.carillon.testing.RecordingSubscriber;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Owners, hubs and the link between them, on three real members in this JVM. */
class ChannelClusterIT {
    private static final Map<String, NamespaceSettings> NAMESPACES = Map.of(
            "feed", Namespaces.kept(1000),
            "brief", Namespaces.kept(10),
            "tick", Namespaces.ephemeral(),
            "room", Namespaces.withPresence());

    private static List<ClusterMember> nodes = List.of();

    @BeforeAll
    static void start() {
        ClusterMember a = ClusterMember.join("channels", NAMESPACES);
        ClusterMember b = ClusterMember.join("channels", NAMESPACES, a);
        ClusterMember c = ClusterMember.join("channels", NAMESPACES, a, b);
        nodes = List.of(a, b, c);
        assertThat(c.hazelcast.getCluster().getMembers()).hasSize(3);
    }

    @AfterAll
    static void stop() {
        nodes.forEach(ClusterMember::stop);
    }

    @Test
    void whatAnyNodePublishesReachesEveryNodeOnceAndInOneOrder() {
        List<RecordingSubscriber> subscribers = everywhere("feed:order");
        List<Future<Ack>> acks = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            acks.add(publish(i % 3, "feed:order", i, null));
        }
        await(Future.all(acks));
        await(publish(0, "feed:order", 9999, null));

        List<String> first = subscribers.get(0).seenUntil("=9999");
        assertThat(first).hasSize(301).doesNotHaveDuplicates();
        assertThat(first).extracting(ChannelClusterIT::offset).isSorted();
        subscribers.forEach(
                subscriber -> assertThat(subscriber.seenUntil("=9999")).isEqualTo(first));
    }

    @Test
    void eachPublishersOwnOrderIsKept() {
        RecordingSubscriber subscriber = subscriber(2, 0, "feed:publisher", null);
        IntStream.range(0, 200)
                .mapToObj(i -> publish(1, "feed:publisher", i, null))
                .forEach(f -> {});

        assertThat(subscriber.seenUntil("=199"))
                .containsExactlyElementsOf(
                        IntStream.range(0, 200).mapToObj(i -> (i + 1) + "=" + i).toList());
    }

    /** Each node's thousands come in bursts, so that others' are ahead of their turn and no owner could bring the rest. */
    @Test
    void aChannelThatAllNodesPublishOnWithoutAPauseIsNotLostThoughItsHistoryIsShort() {
        List<RecordingSubscriber> subscribers = everywhere("brief:hot");
        List<Future<Ack>> acks = new ArrayList<>();
        for (int i = 0; i < 9_000; i++) {
            acks.add(publish(i % 3, "brief:hot", i, null));
        }
        await(Future.all(acks));
        await(publish(0, "brief:hot", 99_999, null));

        subscribers.forEach(subscriber -> assertThat(subscriber.seenUntil("=99999"))
                .hasSize(9_001)
                .extracting(ChannelClusterIT::offset)
                .isSorted()
                .doesNotHaveDuplicates());
    }

    @Test
    void anEphemeralChannelReachesEveryNodeWithoutOffsets() {
        List<RecordingSubscriber> subscribers = everywhere("tick:a");
        IntStream.range(0, 50).forEach(i -> await(publish(1, "tick:a", i, null)));

        subscribers.forEach(subscriber -> assertThat(subscriber.seenUntil("=49"))
                .containsExactlyElementsOf(
                        IntStream.range(0, 50).mapToObj(i -> "0=" + i).toList()));
    }

    @Test
    void aRetryOnAnotherNodeWithTheSameKeyIsNoSecondPublication() {
        RecordingSubscriber subscriber = subscriber(2, 1, "feed:keys", null);
        Ack first = await(publish(0, "feed:keys", 1, "k1"));
        Ack retry = await(publish(1, "feed:keys", 1, "k1"));
        await(publish(1, "feed:keys", 2, "k2"));

        assertThat(retry).isEqualTo(new Ack(first.position(), true));
        assertThat(subscriber.seenUntil("=2")).containsExactly("1=1", "2=2");
    }

    @Test
    void whoJoinsInTheMiddleOfAStormSeesAllFromItsPositionOnWithoutHoleOrDouble() {
        int count = 240;
        StreamPosition start = await(publish(0, "feed:storm", -1, null)).position();
        List<RecordingSubscriber> joiners = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            publish(i % 3, "feed:storm", i, null).onFailure(Throwable::printStackTrace);
            if (i % 20 == 0) {
                RecordingSubscriber joiner =
                        new RecordingSubscriber(nodes.get(i / 20 % 3).loop(i / 20 % 2));
                joiner.subscribe("feed:storm", start).onFailure(Throwable::printStackTrace);
                joiners.add(joiner);
            }
        }
        // Only what each loop publishes is in order, so the last word waits for all of it.
        for (int i = 0; i < 3; i++) {
            await(publish(i, "feed:storm", 5000 + i, null));
        }
        await(publish(0, "feed:storm", 9999, null));

        for (RecordingSubscriber joiner : joiners) {
            List<String> seen = joiner.seenUntil("=9999");
            assertThat(seen)
                    .extracting(ChannelClusterIT::offset)
                    .containsExactlyElementsOf(IntStream.rangeClosed(2, count + 5)
                            .mapToObj(Long::valueOf)
                            .toList());
        }
    }

    @Test
    void aPositionOfAnotherEpochIsNotRecovered() {
        await(publish(0, "feed:epoch", 1, null));
        RecordingSubscriber subscriber = new RecordingSubscriber(nodes.get(1).loop(0));
        Hub.Joining joining = await(subscriber.subscribe("feed:epoch", new StreamPosition("elsewhere", 0)));

        assertThat(joining.recovery().recovered()).isFalse();
        assertThat(joining.recovery().position().offset()).isEqualTo(1);
    }

    @Test
    void whoUnsubscribedIsToldNothingMoreAndTheOthersAre() {
        RecordingSubscriber leaver = subscriber(1, 0, "feed:leave", null);
        RecordingSubscriber stayer = subscriber(1, 1, "feed:leave", null);
        await(publish(0, "feed:leave", 1, null));
        leaver.seenUntil("=1");
        await(leaver.unsubscribe());
        await(publish(0, "feed:leave", 2, null));

        assertThat(stayer.seenUntil("=2")).containsExactly("1=1", "2=2");
        assertThat(leaver.seen()).containsExactly("1=1");
    }

    @Test
    void historyIsReadFromAnyNode() {
        IntStream.range(0, 20).forEach(i -> await(publish(0, "room:history", i, null)));

        var page = await(nodes.get(2).node.channels().history(new ChannelName("room:history"), null, 100, false));

        assertThat(page.position().offset()).isEqualTo(20);
        assertThat(page.publications()).hasSize(10);
        assertThat(page.publications().get(0).offset()).isEqualTo(11);
    }

    @Test
    void joinsAndLeavesReachEveryNodeWithGrowingVersions() {
        List<RecordingSubscriber> subscribers = everywhere("room:presence");
        ChannelName room = new ChannelName("room:presence");
        var presence = nodes.get(0).node.presence();
        await(presence.join(room, member("s1", nodes.get(0).id())));
        await(presence.join(room, member("s1", nodes.get(0).id())));
        await(nodes.get(1).node.presence().join(room, member("s2", nodes.get(1).id())));
        await(presence.leave(room, "s1"));

        subscribers.forEach(subscriber -> {
            List<String> seen = subscriber.seenUntil("-s1@3");
            assertThat(seen).containsExactly("+s1@1", "+s2@2", "-s1@3");
        });
        var snapshot = await(nodes.get(2).node.presence().snapshot(room));
        assertThat(snapshot.version()).isEqualTo(3);
        assertThat(snapshot.members()).extracting(Member::sessionId).containsExactly("s2");
    }

    private static Member member(String session, String node) {
        return new Member("alice", session, "{}", 1, node);
    }

    private static List<RecordingSubscriber> everywhere(String channel) {
        List<RecordingSubscriber> all = new ArrayList<>();
        for (int node = 0; node < 3; node++) {
            for (int loop = 0; loop < 2; loop++) {
                all.add(subscriber(node, loop, channel, null));
            }
        }
        return all;
    }

    private static RecordingSubscriber subscriber(int node, int loop, String channel, @Nullable StreamPosition since) {
        RecordingSubscriber subscriber = new RecordingSubscriber(nodes.get(node).loop(loop));
        await(subscriber.subscribe(channel, since));
        return subscriber;
    }

    private static Future<Ack> publish(int node, String channel, int number, @Nullable String key) {
        return nodes.get(node)
                .loops
                .publish(
                        new ChannelName(channel),
                        new Draft(Payload.json(String.valueOf(number)), "alice", key, System.currentTimeMillis()));
    }

    private static long offset(String seen) {
        return Long.parseLong(seen.substring(0, seen.indexOf('=')));
    }
}
