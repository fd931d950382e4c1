package dev.carillon.bus;

import static dev.carillon.bus.BusMember.await;
import static dev.carillon.bus.BusMember.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.Ack;
import dev.carillon.channel.Payload;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.UnavailableException;
import dev.carillon.protocol.ErrorCode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Publishing where the node is in the same process: no message is sent, and nothing else is different. */
class CarillonBesideANodeTest {
    private static final Retry QUICK = new Retry(3, Duration.ofMillis(1), Duration.ofMillis(5));

    private final Vertx vertx = Vertx.vertx();
    private final FakeGateway.Streams streams = new FakeGateway.Streams(InstantSource.system());
    private final FakeGateway gateway = new FakeGateway("n1", streams);
    private final BusService service = new BusService(vertx, gateway);
    private final Carillon carillon = Carillon.connect(vertx, QUICK);
    private final AtomicInteger messages = new AtomicInteger();

    @BeforeEach
    void start() {
        await(service.start());
        vertx.eventBus().addOutboundInterceptor(sending -> {
            messages.incrementAndGet();
            sending.next();
        });
    }

    @AfterEach
    void close() {
        await(vertx.close());
    }

    @Test
    void aPublishIsNoMessage() {
        PublishOptions options = PublishOptions.DEFAULTS.withKey("order-7").withUserId("ann");
        Ack ack = await(carillon.publish("feed", new JsonObject().put("title", "größe"), options));
        Ack again = await(carillon.publish("feed", 1, options));
        await(carillon.of("acme").publishToUser("bob", 2));

        assertThat(ack).isEqualTo(new Ack(new StreamPosition("e1", 1), false));
        assertThat(again).isEqualTo(new Ack(new StreamPosition("e1", 1), true));
        assertThat(streams.data("feed")).containsExactly("{\"title\":\"größe\"}");
        assertThat(streams.of("feed").get(0).userId()).isEqualTo("ann");
        assertThat(messages).hasValue(0);
    }

    @Test
    void aTraceReachesItOnlyIfItIsOne() {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        await(carillon.publish("feed", 1, PublishOptions.DEFAULTS.withTraceparent(trace)));
        await(carillon.publish("feed", 2, PublishOptions.DEFAULTS.withTraceparent("no trace")));

        assertThat(streams.of("feed"))
                .extracting(publication -> publication.traceparent())
                .containsExactly(trace, null);
    }

    @Test
    void publishesOfOneThreadKeepTheirOrder() {
        List<Future<Ack>> sent = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            sent.add(carillon.publish("feed", i));
        }
        sent.forEach(BusMember::await);

        assertThat(streams.data("feed"))
                .isEqualTo(IntStream.range(0, 2_000).mapToObj(String::valueOf).toList());
    }

    @Test
    void answersComeOnTheCallersContext() {
        Context context = vertx.getOrCreateContext();
        Promise<Boolean> same = Promise.promise();
        context.runOnContext(
                go -> carillon.publish("feed", 1).onComplete(done -> same.complete(Vertx.currentContext() == context)));

        assertThat(await(same.future())).isTrue();
    }

    /** As a process that is no node is refused, with the same words. */
    @ParameterizedTest
    @CsvSource({
        "'', , ann, channel",
        "'a b', , ann, channel",
        "feed, '', ann, key",
        "feed, , '', user_id",
        "feed, 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789, ann, key"
    })
    void whatIsWrongIsNamed(String channel, String key, String user, String field) {
        PublishOptions options = new PublishOptions(key, user, null);
        Throwable here = failure(carillon.publish(channel, 1, options));
        PublishRequest request = new PublishRequest(null, channel, key, user, null, Payload.json("1"));
        Throwable byMessage =
                failure(vertx.eventBus().request(BusAddresses.PUBLISH, request.body(), request.headers()));

        assertThat(here).isInstanceOfSatisfying(CarillonException.class, refused -> {
            assertThat(refused.code()).isEqualTo(ErrorCode.BAD_REQUEST.code());
            assertThat(refused)
                    .hasMessageContaining(field)
                    .hasMessage(CarillonException.of(byMessage).getMessage());
        });
    }

    @Test
    void whatMaySucceedLaterIsTriedAgainWithTheSameKey() {
        gateway.lostAcks.add(new UnavailableException("lost"));

        assertThat(await(carillon.publish("feed", 1))).isEqualTo(new Ack(new StreamPosition("e1", 1), true));
        for (int i = 0; i < 3; i++) {
            gateway.failures.add(new UnavailableException("no quorum"));
        }
        assertThat(failure(carillon.publish("feed", 2)))
                .isInstanceOfSatisfying(
                        CarillonException.class,
                        refused -> assertThat(refused.code()).isEqualTo(101));
        assertThat(gateway.failures).isEmpty();
    }

    /** A node tries for longer by itself than a message waits for its answer. */
    @Test
    void whatHasTakenLongIsNotTriedAgain() {
        AtomicLong nanos = new AtomicLong();
        Carillon patient = Carillon.connect(vertx, QUICK, () -> nanos.getAndAdd(8_000_000_000L));
        for (int i = 0; i < 3; i++) {
            gateway.failures.add(new UnavailableException("the owner is silent"));
        }

        failure(patient.publish("feed", 1));

        assertThat(gateway.failures)
                .as("the second one, over after 16 s, was the last")
                .hasSize(1);
    }

    @Test
    void anUnforeseenFailureTellsNothing() {
        for (int i = 0; i < 3; i++) {
            gateway.failures.add(new IllegalStateException("secret"));
        }

        assertThat(failure(carillon.publish("feed", 1))).isInstanceOfSatisfying(CarillonException.class, refused -> {
            assertThat(refused.code()).isEqualTo(ErrorCode.INTERNAL.code());
            assertThat(refused).hasMessageNotContaining("secret");
        });
    }

    @Test
    void aNodeThatLeavesTakesNoMore() {
        await(service.stop());

        assertThat(failure(carillon.publish("feed", 1)))
                .isInstanceOfSatisfying(
                        CarillonException.class,
                        refused -> assertThat(refused).hasMessage("no node is in the cluster"));
        assertThat(streams.of("feed")).isEmpty();
    }
}
