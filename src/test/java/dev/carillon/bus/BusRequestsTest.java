package dev.carillon.bus;

import static dev.carillon.bus.BusMember.await;
import static dev.carillon.bus.BusMember.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.auth.Identity;
import dev.carillon.channel.Payload;
import dev.carillon.session.Requests.RequestFailure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BusRequestsTest {
    static final Identity ANN = new Identity(
            "acme", "ann", "", Instant.EPOCH, Instant.MAX, List.of(), List.of(), Set.of(), "{\"role\":\"admin\"}");

    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final Vertx vertx = Vertx.vertx();
    private final BusRequests requests = new BusRequests(vertx);

    @AfterEach
    void close() {
        await(vertx.close());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":[1]}",
                "[1,\"x\",null]",
                "\"text\"",
                "17",
                "12345678901",
                "1234567890123456789012345678901234567890",
                "1.5",
                "true",
                "null"
            })
    void whatAVerticleRepliesComesBackAsJson(String json) {
        vertx.eventBus().consumer("echo", message -> message.reply(message.body()));

        assertReply(ask("echo", json, Duration.ofSeconds(5)), json);
    }

    @Test
    void theVerticleIsToldWhoAsks() {
        AtomicReference<ClientRequest> seen = new AtomicReference<>();
        await(Carillon.connect(vertx).onRequest("orders", request -> {
            seen.set(request);
            return Future.succeededFuture(List.of(1, 2));
        }));

        assertReply(ask("orders", "{\"a\":1}", Duration.ofSeconds(5)), "[1,2]");
        assertThat(seen).hasValue(new ClientRequest("acme", "ann", "s1", new JsonObject().put("a", 1), TRACE));
    }

    @Test
    void anApplicationsFailurePasses() {
        await(Carillon.connect(vertx)
                .onRequest("orders", request -> Future.failedFuture(new RequestFailed(402, "pay first"))));

        assertFailure(ask("orders", "1", Duration.ofSeconds(5)), 402, "pay first");
    }

    @Test
    void aFailuresMessageIsBoundedAndNeverHalfACharacter() {
        vertx.eventBus().consumer("orders", message -> message.fail(300, "x".repeat(199) + "\ud83d\ude00".repeat(90)));

        assertFailure(ask("orders", "1", Duration.ofSeconds(5)), 300, "x".repeat(199));
    }

    @Test
    void aFailureThatIsNotTheApplicationsTellsNothing() {
        vertx.eventBus().consumer("low", message -> message.fail(203, "secret"));
        vertx.eventBus().consumer("high", message -> message.fail(2000, "secret"));
        vertx.eventBus().consumer("array", message -> message.reply(new byte[] {1}));
        await(Carillon.connect(vertx).onRequest("thrown", request -> {
            throw new IllegalStateException("secret");
        }));
        await(Carillon.connect(vertx).onRequest("object", request -> Future.succeededFuture(new Object())));

        for (String address : List.of("low", "high", "array", "thrown", "object")) {
            assertFailure(ask(address, "1", Duration.ofSeconds(5)), 100, "internal error");
        }
    }

    @Test
    void withoutAVerticleThereIsNoHandler() {
        assertFailure(ask("nowhere", "1", Duration.ofSeconds(5)), 208, "no handler at that address");
    }

    @Test
    void aVerticleThatDoesNotReplyInTimeIsATimeout() {
        vertx.eventBus().consumer("silent", message -> {});

        assertFailure(ask("silent", "1", Duration.ofMillis(20)), 102, "timeout");
    }

    @Test
    void dataThatTheBusCannotCarryIsRefused() {
        String deep = "[".repeat(5000) + "]".repeat(5000);

        assertFailure(
                ask("orders", deep, Duration.ofSeconds(5)), 200, "bad request: data cannot be sent to a verticle");
    }

    @Test
    void aRegistrationEnds() {
        Registration registration =
                await(Carillon.connect(vertx).onRequest("orders", request -> Future.succeededFuture(new JsonArray())));
        await(registration.unregister());

        assertFailure(ask("orders", "1", Duration.ofSeconds(5)), 208, "no handler at that address");
    }

    private Future<Payload> ask(String address, String json, Duration timeout) {
        return requests.request(ANN, "s1", address, Payload.json(json), timeout, TRACE);
    }

    private static void assertReply(Future<Payload> asked, String json) {
        assertThat(await(asked)).isEqualTo(Payload.json(json));
    }

    private static void assertFailure(Future<Payload> asked, int code, String message) {
        assertThat(failure(asked)).isInstanceOfSatisfying(RequestFailure.class, failed -> {
            assertThat(failed.code()).isEqualTo(code);
            assertThat(failed.getMessage()).isEqualTo(message);
        });
    }
}
