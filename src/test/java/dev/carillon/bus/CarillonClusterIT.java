package dev.carillon.bus;

import static dev.carillon.bus.BusMember.await;
import static dev.carillon.bus.BusMember.failure;
import static dev.carillon.bus.BusMember.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.Ack;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.UnavailableException;
import dev.carillon.channel.history.HistoryPage;
import dev.carillon.presence.PresenceSnapshot;
import dev.carillon.presence.UserStatus;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.testing.Until;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes and an application that is none, one cluster. */
class CarillonClusterIT {
    private static final Retry QUICK = new Retry(3, Duration.ofMillis(1), Duration.ofMillis(5));

    private static BusMember first;
    private static BusMember second;
    private static BusMember application;

    private final FakeGateway.Streams streams = new FakeGateway.Streams(InstantSource.system());
    private final FakeGateway firstGateway = new FakeGateway("n1", streams);
    private final FakeGateway secondGateway = new FakeGateway("n2", streams);
    private BusService firstService;
    private BusService secondService;
    private Carillon carillon;

    @BeforeAll
    static void join() throws Exception {
        first = BusMember.join(List.of());
        second = BusMember.join(List.of(first));
        application = BusMember.join(List.of(first, second));
    }

    @AfterAll
    static void leave() {
        application.leave();
        second.leave();
        first.leave();
    }

    @BeforeEach
    void start() {
        firstService = new BusService(first.vertx(), firstGateway);
        secondService = new BusService(second.vertx(), secondGateway);
        await(firstService.start());
        await(secondService.start());
        carillon = Carillon.connect(application.vertx(), QUICK);
    }

    @AfterEach
    void stop() {
        await(firstService.stop());
        await(secondService.stop());
    }

    @Test
    void aProcessThatIsNoNodePublishes() {
        Ack ack = await(carillon.publish("feed", new JsonObject().put("title", "größe")));

        assertThat(ack).isEqualTo(new Ack(new StreamPosition("e1", 1), false));
        assertThat(streams.data("feed")).containsExactly("{\"title\":\"größe\"}");
    }

    @Test
    void everyKindOfDataPasses() {
        List<Future<Ack>> sent = new ArrayList<>();
        for (Object data :
                new Object[] {new JsonArray().add(1), "text", 17, 1.5, true, null, Buffer.buffer("{\"raw\": 1.0}")}) {
            sent.add(carillon.publish("feed", data));
        }
        sent.forEach(BusMember::await);

        assertThat(streams.data("feed"))
                .containsExactly("[1]", "\"text\"", "17", "1.5", "true", "null", "{\"raw\": 1.0}");
    }

    @Test
    void aSendersPublishesKeepTheirOrderAlthoughTwoNodesAnswer() {
        List<Future<Ack>> sent = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            sent.add(carillon.publish("feed", i));
        }
        sent.forEach(BusMember::await);

        assertThat(streams.data("feed"))
                .isEqualTo(IntStream.range(0, 2000).mapToObj(String::valueOf).toList());
    }

    @Test
    void aNodesOwnVerticlesUseThatNode() {
        firstGateway.failures.add(new ProtocolException(ErrorCode.TOO_LARGE, 0));

        assertThat(failure(Carillon.connect(first.vertx()).publish("feed", 1)))
                .isInstanceOfSatisfying(
                        CarillonException.class,
                        refused -> assertThat(refused.code()).isEqualTo(209));
    }

    @Test
    void anAcknowledgementThatWasLostDoesNotDoubleThePublication() {
        for (FakeGateway gateway : List.of(firstGateway, secondGateway)) {
            gateway.lostAcks.add(new UnavailableException("lost"));
        }
        Ack ack = await(carillon.publish("feed", 1));

        assertThat(ack).isEqualTo(new Ack(new StreamPosition("e1", 1), true));
        assertThat(streams.data("feed")).hasSize(1);
    }

    @Test
    void attemptsEnd() {
        for (int i = 0; i < 3; i++) {
            firstGateway.failures.add(new UnavailableException("no quorum"));
            secondGateway.failures.add(new UnavailableException("no quorum"));
        }

        assertThat(failure(carillon.publish("feed", 1))).isInstanceOfSatisfying(CarillonException.class, refused -> {
            assertThat(refused.code()).isEqualTo(101);
            assertThat(refused.temporary()).isTrue();
        });
        assertThat(firstGateway.failures.size() + secondGateway.failures.size()).isEqualTo(3);
    }

    @Test
    void whatIsFinalIsNotTriedAgain() {
        for (int i = 0; i < 2; i++) {
            firstGateway.failures.add(new ProtocolException(ErrorCode.SCHEMA_REFUSED, 0));
            secondGateway.failures.add(new ProtocolException(ErrorCode.SCHEMA_REFUSED, 0));
        }

        assertThat(failure(carillon.publish("feed", 1)))
                .isInstanceOfSatisfying(
                        CarillonException.class,
                        refused -> assertThat(refused.code()).isEqualTo(207));
        assertThat(firstGateway.failures.size() + secondGateway.failures.size()).isEqualTo(3);
    }

    @Test
    void aKeyAndAUserAreKept() {
        PublishOptions options = PublishOptions.DEFAULTS.withKey("order-7").withUserId("ann");
        await(carillon.publish("feed", 1, options));
        Ack again = await(carillon.publish("feed", 1, options));

        assertThat(again.duplicate()).isTrue();
        assertThat(streams.of("feed")).hasSize(1);
        assertThat(streams.of("feed").get(0).userId()).isEqualTo("ann");
    }

    @Test
    void whenItsNodeStopsAnotherIsUsed() {
        await(carillon.publish("feed", 1));
        await(firstService.stop());
        await(carillon.publish("feed", 2));
        firstService = new BusService(first.vertx(), firstGateway);
        await(firstService.start());
        await(secondService.stop());
        await(carillon.publish("feed", 3));

        assertThat(streams.data("feed")).containsExactly("1", "2", "3");
    }

    @Test
    void aVerticleWhoseOwnNodeLeavesGoesOnWithAnother() {
        Carillon beside = Carillon.connect(first.vertx(), QUICK);
        await(beside.publish("feed", 1));
        secondGateway.failures.add(new ProtocolException(ErrorCode.TOO_LARGE, 0));
        await(firstService.stop());

        assertThat(failure(beside.publish("feed", 2))).isInstanceOf(CarillonException.class);
        assertThat(secondGateway.failures).as("it was the other that refused").isEmpty();
        await(beside.publish("feed", 3));

        assertThat(streams.data("feed")).containsExactly("1", "3");
    }

    @Test
    void withoutANodeCallsFailForNow() {
        await(firstService.stop());
        await(secondService.stop());

        // The news that an address is nobody's any more reaches other members a moment later.
        Until.holds(
                () -> failure(carillon.user("ann")) instanceof CarillonException refused && refused.code() == 101,
                () -> "still served");
        assertThat(failure(carillon.user("ann"))).isInstanceOfSatisfying(CarillonException.class, refused -> {
            assertThat(refused.code()).isEqualTo(101);
            assertThat(refused).hasMessage("no node is in the cluster");
        });
    }

    @Test
    void badNamesAndDataAreRefusedInWords() {
        for (String name : List.of("", "a b", "line\nbreak", ":x")) {
            assertThat(failure(carillon.publish(name, 1)))
                    .isInstanceOf(CarillonException.class)
                    .hasMessageStartingWith("bad request: channel ");
        }
        assertThat(failure(carillon.publish("feed", new Object())))
                .isInstanceOf(CarillonException.class)
                .hasMessage("bad request: data must be a JSON value or a Buffer that holds one");
        await(carillon.publish("feed:größe-\ud83d\ude00", 1));
        assertThat(streams.data("feed:größe-\ud83d\ude00")).hasSize(1);
    }

    @Test
    void aBroadcastReachesAllItCan() {
        Broadcast broadcast = await(carillon.broadcast(List.of("feed", "unknown", "news"), "x"));

        assertThat(broadcast.published()).isEqualTo(2);
        assertThat(broadcast.failed()).containsOnlyKeys("unknown");
        assertThat(broadcast.failed().get("unknown").code()).isEqualTo(202);
        assertThat(streams.data("news")).containsExactly("\"x\"");
    }

    @Test
    void aBroadcastToManyUsersGoesInParts() {
        List<String> users = IntStream.range(0, 1234).mapToObj(i -> "u" + i).toList();
        Broadcast broadcast = await(carillon.broadcastToUsers(users, 1));

        assertThat(broadcast).isEqualTo(new Broadcast(1234, Map.of()));
        assertThat(users)
                .allSatisfy(user -> assertThat(streams.data("user:" + user)).hasSize(1));
    }

    @Test
    void aBroadcastsTemporaryFailuresAreTriedAgain() {
        firstGateway.failures.add(new UnavailableException("for now"));
        secondGateway.failures.add(new UnavailableException("for now"));
        Broadcast broadcast = await(carillon.broadcast(List.of("feed", "news"), 1));

        assertThat(broadcast.published()).isEqualTo(2);
        assertThat(broadcast.failed()).isEmpty();
        assertThat(streams.data("feed")).hasSize(1);
        assertThat(streams.data("news")).hasSize(1);
    }

    @Test
    void historyComesBackAsItWasPublished() {
        await(carillon.publish("feed", new JsonObject().put("i", 1), PublishOptions.DEFAULTS.withUserId("ann")));
        await(carillon.publish("feed", 2));
        await(carillon.publish("feed", 3));

        HistoryPage newest = await(carillon.history("feed", 2));
        HistoryPage all = await(carillon.history("feed", null, 10, false));
        HistoryPage since = await(carillon.history("feed", new StreamPosition("e1", 2), 10, false));

        assertThat(newest.publications()).isEqualTo(streams.of("feed").subList(1, 3));
        assertThat(all).isEqualTo(new HistoryPage(new StreamPosition("e1", 3), streams.of("feed"), true));
        assertThat(since.publications()).isEqualTo(streams.of("feed").subList(2, 3));
    }

    @Test
    void presenceAndUsersComeBackWhole() {
        PresenceSnapshot presence = await(carillon.presence("lobby"));
        UserStatus user = await(carillon.user("ann"));

        assertThat(presence.version()).isEqualTo(9);
        assertThat(presence.members()).hasSize(1);
        assertThat(presence.members().get(0).info()).isEqualTo("{\"name\":\"Ann\"}");
        assertThat(user.userId()).isEqualTo("ann");
        assertThat(user.online()).isTrue();
        assertThat(user.sessions()).hasSize(1);
        assertThat(user.lastSeenMillis()).isEqualTo(18);
    }

    @Test
    void aUserIsDisconnectedOnce() {
        assertThat(await(carillon.disconnect("ann"))).isEqualTo(2);
        List<String> all = new ArrayList<>(firstGateway.disconnected);
        all.addAll(secondGateway.disconnected);
        assertThat(all).containsExactly("ann null UNAUTHORIZED");
    }

    @Test
    void usersComingAndGoingAreToldOnce() {
        List<UserEvent> online = new CopyOnWriteArrayList<>();
        List<UserEvent> offline = new CopyOnWriteArrayList<>();
        Registration one = await(carillon.onUserOnline(online::add));
        Registration two = await(carillon.onUserOffline(offline::add));
        UserEvents events = new UserEvents(second.vertx(), () -> Instant.ofEpochMilli(5));
        events.online("ann", new JsonObject().put("name", "Ann"));
        events.offline("ann", new JsonObject().put("name", "Ann"));
        until(() -> !online.isEmpty() && !offline.isEmpty());

        UserEvent expected = new UserEvent("", "ann", new JsonObject().put("name", "Ann"), 5);
        assertThat(online).containsExactly(expected);
        assertThat(offline).containsExactly(expected);
        await(one.unregister());
        await(two.unregister());
    }

    @Test
    void futuresCompleteOnTheCallersContext() {
        Vertx vertx = application.vertx();
        Context context = vertx.getOrCreateContext();
        Promise<Context> completedOn = Promise.promise();
        context.runOnContext(
                go -> carillon.publish("feed", 1).onComplete(done -> completedOn.complete(Vertx.currentContext())));

        assertThat(await(completedOn.future())).isSameAs(context);
    }
}
