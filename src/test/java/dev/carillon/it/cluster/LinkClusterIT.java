package dev.carillon.it.cluster;

import static dev.carillon.testing.ClusterMember.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Hub;
import dev.carillon.channel.Payload;
import dev.carillon.channel.StreamPosition;
import dev.carillon.config.LimitSettings;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.config.SettingsLoader;
import dev.carillon.config.SettingsSources;
import dev.carillon.presence.Member;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.FreePort;
import dev.carillon.testing.LinkCounts;
import dev.carillon.testing.Namespaces;
import dev.carillon.testing.RecordingSubscriber;
import dev.carillon.testing.Relay;
import dev.carillon.testing.Until;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBusOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a link between two members loses, and what the cluster forgets of routing, comes back by itself. */
class LinkClusterIT {
    private static final Map<String, NamespaceSettings> NAMESPACES =
            Map.of("feed", Namespaces.kept(2000), "tick", Namespaces.ephemeral(), "room", Namespaces.withPresence());
    private static final int MAX_LINK_BYTES = 1024 * 1024;

    private static final LinkCounts SENT = new LinkCounts();
    private static final LinkCounts RECEIVED = new LinkCounts();

    private static ClusterMember sender;
    private static ClusterMember receiver;

    /** All that the sender sends to the receiver comes through here. */
    private static Relay relay;

    @BeforeAll
    static void start() {
        int port = FreePort.find();
        relay = Relay.to(port);
        EventBusOptions here = new EventBusOptions().setHost("127.0.0.1");
        sender = ClusterMember.join(
                ClusterMember.Setup.usual().reachedBy(here).within(limits()).withLinks(SENT), "links", NAMESPACES);
        EventBusOptions behindRelay = new EventBusOptions()
                .setHost("127.0.0.1")
                .setPort(port)
                .setClusterPublicHost("127.0.0.1")
                .setClusterPublicPort(relay.port());
        receiver = ClusterMember.join(
                ClusterMember.Setup.usual()
                        .reachedBy(behindRelay)
                        .within(limits())
                        .withLinks(RECEIVED),
                "links",
                NAMESPACES,
                sender);
        assertThat(receiver.hazelcast.getCluster().getMembers()).hasSize(2);
    }

    private static LimitSettings limits() {
        return SettingsLoader.load(new SettingsSources(
                        true, null, Map.of(), List.of("limits.max-link-bytes=" + MAX_LINK_BYTES), Path.of("target")))
                .limits();
    }

    @AfterAll
    static void stop() {
        receiver.stop();
        sender.stop();
        relay.close();
    }

    @Test
    void aLastMessageThatIsLostWithItsConnectionArrivesAllTheSame() {
        RecordingSubscriber subscriber = subscriber("feed:last");
        await(publish("feed:last", "first", 1));
        subscriber.seenUntil("first\"");
        int holes = RECEIVED.holes();

        relay.pause();
        await(publish("feed:last", "last", 300_000));
        Until.holds(() -> relay.heldBytes() > 10_000, () -> "nothing is under way");
        relay.reset();
        relay.resume();

        assertThat(subscriber.seenUntil("last\"")).hasSize(2);
        Until.holds(() -> RECEIVED.holes() > holes, () -> "no hole was seen");
    }

    @Test
    void aLastJoinThatIsLostWithItsConnectionIsToldAllTheSameAndOnce() {
        RecordingSubscriber subscriber = subscriber("room:last");
        join("room:last", "first");
        subscriber.seenUntil("+first@1");

        relay.pause();
        // Larger than all beats together, so that it is known to be in what is lost.
        join("room:last", "second", "{\"about\":\"" + "x".repeat(20_000) + "\"}");
        Until.holds(() -> relay.heldBytes() > 10_000, () -> "nothing is under way");
        relay.reset();
        relay.resume();
        assertThat(subscriber.seenUntil("+second@2")).containsExactly("+first@1", "+second@2");

        join("room:last", "third");
        assertThat(subscriber.seenUntil("+third@3")).containsExactly("+first@1", "+second@2", "+third@3");
    }

    @Test
    void whoIsInARoomWhoseListItsOwnerLostIsToldWhoComesNext() {
        RecordingSubscriber subscriber = subscriber("room:lost");
        join("room:lost", "before");
        join("room:lost", "with");
        subscriber.seenUntil("+with@2");
        sender.hazelcast.getMap("carillon.channels").remove("room:lost");
        join("room:lost", "after");

        // The stream of the room went with the list, and who followed it is told so.
        Until.holds(subscriber::isLost, () -> "silence; seen " + subscriber.seen());
        RecordingSubscriber again = subscriber("room:lost");
        join("room:lost", "last");
        assertThat(again.seenUntil("+last@2")).containsExactly("+last@2");
    }

    private static void join(String channel, String session) {
        join(channel, session, "{}");
    }

    private static void join(String channel, String session, String info) {
        await(sender.node
                .presence()
                .join(
                        new ChannelName(channel),
                        new Member("alice", session, info, System.currentTimeMillis(), sender.id())));
    }

    @Test
    void whatABurstLosesByResetsArrivesInOrderAndOnce() {
        RecordingSubscriber subscriber = subscriber("feed:burst");
        int holes = RECEIVED.holes();
        List<Future<Ack>> acks = new ArrayList<>();
        int count = 600;
        for (int i = 0; i < count; i++) {
            if (i % 150 == 75) {
                relay.pause();
            }
            acks.add(publish("feed:burst", "m" + i, 1_000));
            if (i % 150 == 149) {
                acks.forEach(ClusterMember::await);
                Until.holds(() -> relay.heldBytes() > 1_000, () -> "nothing is under way");
                relay.reset();
                relay.resume();
            }
        }
        await(publish("feed:burst", "end", 1));

        assertThat(subscriber.seenUntil("end\""))
                .extracting(LinkClusterIT::offset)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, count + 1)
                        .mapToObj(Long::valueOf)
                        .toList());
        Until.holds(() -> RECEIVED.holes() > holes, () -> "no hole was seen");
    }

    @Test
    void aNodeThatDoesNotReadCostsNoMoreThanTheBoundAndGetsEverythingWhenItReadsAgain() {
        RecordingSubscriber subscriber = subscriber("feed:stalled");
        int dropped = SENT.dropped();
        relay.pause();
        int count = 0;
        while (SENT.dropped() < dropped + 20) {
            await(publish("feed:stalled", "m" + count++, 40_000));
        }
        assertThat(SENT.queued()).isBetween(MAX_LINK_BYTES / 2L, (long) MAX_LINK_BYTES);
        assertThat(SENT.mostQueued()).isLessThanOrEqualTo(MAX_LINK_BYTES);
        relay.resume();

        assertThat(subscriber.seenUntil("m" + (count - 1) + "\""))
                .extracting(LinkClusterIT::offset)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, count).mapToObj(Long::valueOf).toList());
        Until.holds(() -> SENT.queued() == 0, () -> SENT.queued() + " bytes are never acknowledged");
    }

    @Test
    void aNodeWhoseAddressTheClusterForgotRegistersItAnew() {
        RecordingSubscriber subscriber = subscriber("feed:forgotten");
        int renewals = RECEIVED.renewals();
        // As vertx-hazelcast does when it takes a member for gone.
        sender.hazelcast.getMultiMap("__vertx.subs").remove("carillon.node." + receiver.id());
        sender.hazelcast.getMap("__vertx.nodeInfo").remove(receiver.id());
        relay.reset();
        await(publish("feed:forgotten", "early", 1));

        assertThat(subscriber.seenUntil("early\"")).hasSize(1);
        Until.holds(() -> RECEIVED.renewals() > renewals, () -> "the address was never renewed");
        await(publish("feed:forgotten", "late", 1));
        assertThat(subscriber.seenUntil("late\"")).hasSize(2);
    }

    @Test
    void whoFollowsAChannelThatItsOwnerLostIsToldAndCanFollowTheNewOne() {
        RecordingSubscriber subscriber = subscriber("feed:lost");
        StreamPosition before = await(publish("feed:lost", "old", 1)).position();
        subscriber.seenUntil("old\"");
        sender.hazelcast.getMap("carillon.channels").remove("feed:lost");
        StreamPosition after = await(publish("feed:lost", "unrouted", 1)).position();
        assertThat(after.epoch()).isNotEqualTo(before.epoch());

        // Nothing tells of it but the comparison from time to time.
        Until.holds(subscriber::isLost, () -> "silence; seen " + subscriber.seen());
        RecordingSubscriber again = new RecordingSubscriber(receiver.loop(0));
        Hub.Joining joining = await(again.subscribe("feed:lost", before));
        assertThat(joining.recovery().recovered()).isFalse();
        assertThat(joining.recovery().position()).isEqualTo(after);
        await(publish("feed:lost", "new", 1));
        again.seenUntil("new\"");
    }

    @Test
    void theRoutingOfAnEphemeralChannelComesBackWithoutAWord() {
        RecordingSubscriber subscriber = subscriber("tick:lost");
        // Again, if the receiver, which compares by itself from time to time, was quicker.
        Until.holds(
                () -> {
                    sender.hazelcast.getMap("carillon.channels").remove("tick:lost");
                    return await(receiver.node.inbox().reassert()).drifted() == 1;
                },
                () -> "nothing was found that stood differently");
        Until.holds(
                () -> {
                    await(publish("tick:lost", "routed", 1));
                    return !subscriber.seen().isEmpty();
                },
                () -> "not routed again");

        assertThat(subscriber.isLost()).isFalse();
    }

    private static RecordingSubscriber subscriber(String channel) {
        RecordingSubscriber subscriber = new RecordingSubscriber(receiver.loop(0));
        await(subscriber.subscribe(channel, null));
        return subscriber;
    }

    private static Future<Ack> publish(String channel, String text, int bytes) {
        String data = "\"" + " ".repeat(Math.max(0, bytes - text.length())) + text + "\"";
        return sender.loops.publish(
                new ChannelName(channel), new Draft(Payload.json(data), "alice", null, System.currentTimeMillis()));
    }

    private static long offset(String seen) {
        return Long.parseLong(seen.substring(0, seen.indexOf('=')));
    }
}
