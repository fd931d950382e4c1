package dev.carillon.bus;

import static dev.carillon.bus.BusMember.await;
import static dev.carillon.bus.BusMember.failure;
import static dev.carillon.bus.BusMember.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.UnavailableException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes with the same bridges, one of which leads. */
class BusBridgesClusterIT {
    private static final Retry QUICK = new Retry(3, Duration.ofMillis(1), Duration.ofMillis(5));
    private static BusMember first;
    private static BusMember second;

    // Of this test alone: what is still under way to those of the one before must not be heard.
    private final String feed = "feed." + UUID.randomUUID();
    private final String tick = "tick." + UUID.randomUUID();
    private final String end = "end." + UUID.randomUUID();
    private final List<Bridge> bridges = List.of(
            new Bridge(feed, new ChannelName("feed"), 300, Duration.ofSeconds(30)),
            new Bridge(tick, new ChannelName("tick"), 0, Duration.ofSeconds(30)),
            new Bridge(end, new ChannelName("end"), 100, Duration.ofSeconds(30)));

    private final FakeGateway.Streams streams = new FakeGateway.Streams(InstantSource.system());
    private final FakeGateway firstGateway = new FakeGateway("n1", streams);
    private final FakeGateway secondGateway = new FakeGateway("n2", streams);
    private volatile String leader = "n1";
    private BusBridges firstBridges;
    private BusBridges secondBridges;

    @BeforeAll
    static void join() throws Exception {
        first = BusMember.join(List.of());
        second = BusMember.join(List.of(first));
    }

    @AfterAll
    static void leave() {
        second.leave();
        first.leave();
    }

    @BeforeEach
    void start() {
        firstBridges = new BusBridges(
                first.vertx(), firstGateway, bridges, address -> leader.equals("n1"), InstantSource.system(), QUICK);
        secondBridges = new BusBridges(
                second.vertx(), secondGateway, bridges, address -> leader.equals("n2"), InstantSource.system(), QUICK);
        await(firstBridges.start());
        await(secondBridges.start());
    }

    @AfterEach
    void stop() {
        await(firstBridges.stop());
        await(secondBridges.stop());
    }

    @Test
    void everyPublishBecomesOnePublicationWhereverItComesFrom() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            first.vertx()
                    .eventBus()
                    .publish(feed, new JsonObject().put("from", 1).put("i", i));
            second.vertx()
                    .eventBus()
                    .publish(feed, new JsonObject().put("from", 2).put("i", i));
            expected.add("{\"from\":1,\"i\":" + i + "}");
            expected.add("{\"from\":2,\"i\":" + i + "}");
        }
        until(() -> streams.data("feed").size() >= expected.size());
        awaitMarkers();

        assertThat(streams.data("feed")).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(streams.data("feed").stream().filter(data -> data.contains("\"from\":2")))
                .isEqualTo(IntStream.range(0, 200)
                        .mapToObj(i -> "{\"from\":2,\"i\":" + i + "}")
                        .toList());
    }

    @Test
    void everySendBecomesOnePublicationAndIsAcknowledged() {
        for (int i = 1; i <= 10; i++) {
            JsonObject ack = (JsonObject)
                    await(second.vertx().eventBus().request(feed, i)).body();
            assertThat(ack)
                    .isEqualTo(
                            new JsonObject().put("epoch", "e1").put("offset", i).put("duplicate", false));
        }
        awaitMarkers();

        assertThat(streams.data("feed")).hasSize(10);
    }

    @Test
    void whatIsNoJsonIsRefused() {
        assertThat(failure(second.vertx().eventBus().request(feed, Buffer.buffer("{"))))
                .isInstanceOfSatisfying(
                        ReplyException.class,
                        refused -> assertThat(refused.failureCode()).isEqualTo(200));
    }

    @Test
    void aTemporaryFailureOfTheGatewayLosesAndDoublesNothing() {
        firstGateway.failures.add(new UnavailableException("for now"));
        firstGateway.lostAcks.add(new UnavailableException("for now"));
        publish(feed, "x");
        until(() -> !streams.data("feed").isEmpty() && firstGateway.lostAcks.isEmpty());
        await(firstBridges.stop());

        assertThat(streams.data("feed")).containsExactly("\"x\"");
    }

    @Test
    void theNextLeaderPublishesWhatADeadOneLeftAndNothingTwice() {
        publish(feed, "1", "2", "2");
        awaitMarkers();
        // The leader no longer acts, and nobody has noticed.
        leader = "none";
        publish(feed, "2", "3", "4");
        awaitMarkers();
        assertThat(streams.data("feed")).hasSize(3);

        leader = "n2";
        publish(feed, "5");
        until(() -> streams.data("feed").contains("\"5\""));
        awaitMarkers();

        assertThat(streams.data("feed")).containsExactly("\"1\"", "\"2\"", "\"2\"", "\"2\"", "\"3\"", "\"4\"", "\"5\"");
    }

    @Test
    void theNextLeaderNeedsNoFurtherMessage() {
        leader = "none";
        publish(feed, "1");
        awaitMarkers();
        leader = "n2";
        secondBridges.membersChanged();
        until(() -> !streams.data("feed").isEmpty());

        assertThat(streams.data("feed")).containsExactly("\"1\"");
    }

    @Test
    void theNextLeaderIsFoundWithoutBeingTold() {
        leader = "none";
        publish(feed, "1");
        awaitMarkers();
        leader = "n2";
        until(() -> !streams.data("feed").isEmpty());

        assertThat(streams.data("feed")).containsExactly("\"1\"");
    }

    @Test
    void aLeaderThatStopsPolitelyHandsOverWithoutLossOrDoubling() {
        for (int i = 0; i < 300; i++) {
            if (i == 100) {
                firstBridges.stop().onSuccess(stopped -> {
                    leader = "n2";
                    secondBridges.membersChanged();
                });
            }
            await(second.vertx().eventBus().publisher(feed).write(i));
        }
        until(() -> streams.data("feed").contains("299"));
        awaitMarkers();

        assertThat(streams.data("feed"))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 300).mapToObj(String::valueOf).toList());
    }

    @Test
    void withoutHistoryNothingIsPublishedTwice() {
        publish(tick, "1");
        awaitMarkers();
        leader = "none";
        publish(tick, "2");
        awaitMarkers();
        leader = "n2";
        publish(tick, "3");
        awaitMarkers();

        assertThat(streams.data("tick")).containsExactly("\"1\"", "\"3\"");
    }

    // Completes when the messages are on their way, so that what is sent next comes after them.
    private void publish(String address, String... data) {
        for (String text : data) {
            await(second.vertx().eventBus().publisher(address).write(text));
        }
    }

    // Sends go round the nodes, on the links and contexts that publishes take: a node that has answered one has
    // handled all that was published before.
    private void awaitMarkers() {
        for (BusMember sender : List.of(first, second)) {
            await(sender.vertx().eventBus().request(end, 0));
            await(sender.vertx().eventBus().request(end, 0));
        }
    }
}
