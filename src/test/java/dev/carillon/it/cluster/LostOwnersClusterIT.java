package dev.carillon.it.cluster;

import static dev.carillon.testing.ClusterMember.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Payload;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.LinkCounts;
import dev.carillon.testing.Namespaces;
import dev.carillon.testing.RecordingSubscriber;
import dev.carillon.testing.Until;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Owner and copy of a channel die together: its stream is lost, and nobody is left in silence. */
class LostOwnersClusterIT {
    private static final int CHANNELS = 60;
    private static final Map<String, NamespaceSettings> NAMESPACES = Map.of("feed", Namespaces.kept(100));

    private final LinkCounts links = new LinkCounts();
    private final ClusterMember survivor =
            ClusterMember.join(ClusterMember.Setup.usual().withLinks(links).withQuorum("1"), "lost", NAMESPACES);
    private final ClusterMember first = ClusterMember.join("lost", NAMESPACES, survivor);
    private final ClusterMember second = ClusterMember.join("lost", NAMESPACES, survivor, first);

    @AfterEach
    void stop() {
        survivor.stop();
    }

    @Test
    void whenTwoOfThreeDieAtOnceASubscriberIsToldOfALostStreamOrGoesOnWithTheOldOne() {
        Map<String, RecordingSubscriber> subscribers = new HashMap<>();
        Map<String, Ack> before = new HashMap<>();
        IntStream.range(0, CHANNELS).mapToObj(i -> "feed:" + i).forEach(channel -> {
            RecordingSubscriber subscriber = new RecordingSubscriber(survivor.loop(0));
            await(subscriber.subscribe(channel, null));
            subscribers.put(channel, subscriber);
            await(new RecordingSubscriber(first.loop(0)).subscribe(channel, null));
            before.put(channel, await(publish(channel, 1)));
            subscriber.seenUntil("=1");
        });
        Until.holds(
                () -> survivor.hazelcast.getPartitionService().isClusterSafe(),
                () -> "copies are never where they belong");

        CompletableFuture.allOf(
                        CompletableFuture.runAsync(first.hazelcast.getLifecycleService()::terminate),
                        CompletableFuture.runAsync(second.hazelcast.getLifecycleService()::terminate))
                .join();
        Until.holds(() -> survivor.hazelcast.getCluster().getMembers().size() == 1, () -> "the dead never left");
        await(Future.join(first.vertx.close(), second.vertx.close()));
        int lost = 0;
        for (String channel : subscribers.keySet()) {
            RecordingSubscriber subscriber = subscribers.get(channel);
            Until.holds(
                    () -> subscriber.isLost() || survivorStillHas(channel, before.get(channel)),
                    () -> "silence on " + channel);
            Ack after = await(publish(channel, 2));
            if (after.position().epoch().equals(before.get(channel).position().epoch())) {
                assertThat(after.position().offset()).isEqualTo(2);
                assertThat(subscriber.seenUntil("=2")).containsExactly("1=1", "2=2");
            } else {
                Until.holds(subscriber::isLost, () -> "silence on " + channel);
                assertThat(subscriber.seen()).containsExactly("1=1");
                lost++;
            }
        }
        assertThat(lost).as("lost streams").isBetween(1, CHANNELS - 1);
        Until.holds(() -> links.queued() == 0, () -> links.queued() + " bytes are kept for the dead");
    }

    private boolean survivorStillHas(String channel, Ack before) {
        var page = await(survivor.node.channels().history(new ChannelName(channel), null, 10, false));
        return page.position().equals(before.position());
    }

    private Future<Ack> publish(String channel, int number) {
        return survivor.loops.publish(
                new ChannelName(channel),
                new Draft(Payload.json(String.valueOf(number)), "alice", null, System.currentTimeMillis()));
    }
}
