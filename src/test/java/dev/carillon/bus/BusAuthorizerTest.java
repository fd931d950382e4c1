package dev.carillon.bus;

import static dev.carillon.bus.BusMember.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.UnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BusAuthorizerTest {
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        await(vertx.close());
    }

    @Test
    void theVerticleIsToldEverything() {
        AtomicReference<AuthorizeRequest> seen = new AtomicReference<>();
        await(Carillon.connect(vertx).onAuthorize("chat.may", question -> {
            seen.set(question);
            return Future.succeededFuture(true);
        }));

        assertThat(ask("chat.may", "publish", Duration.ofSeconds(5))).isTrue();
        assertThat(seen)
                .hasValue(new AuthorizeRequest(
                        AuthorizeRequest.Action.PUBLISH,
                        new ChannelName("acme", "messages:42"),
                        "ann",
                        "s1",
                        new JsonObject().put("role", "admin")));
    }

    @Test
    void anObjectMayAllow() {
        vertx.eventBus().consumer("chat.may", message -> message.reply(new JsonObject().put("allowed", true)));

        assertThat(ask("chat.may", "subscribe", Duration.ofSeconds(5))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"false", "null", "1", "\"true\"", "[true]", "{\"allowed\":\"true\"}", "{\"allowed\":false}", "{}"
            })
    void anyOtherAnswerMeansNo(String answer) {
        Object body = Json.decodeValue(answer);
        vertx.eventBus().consumer("chat.may", (Message<Object> message) -> message.reply(body));

        assertThat(ask("chat.may", "subscribe", Duration.ofSeconds(5))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 203, 300, 1999})
    void aFailureThatIsFinalMeansNo(int code) {
        vertx.eventBus().consumer("fails", message -> message.fail(code, "true"));

        assertThat(ask("fails", "subscribe", Duration.ofSeconds(5))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 100, 101, 199})
    void aFailureThatIsTemporaryIsNoAnswer(int code) {
        vertx.eventBus().consumer("fails", message -> message.fail(code, "true"));

        assertUnanswered("fails", Duration.ofSeconds(5));
    }

    @Test
    void aHandlerThatFailsIsNoAnswer() {
        await(Carillon.connect(vertx).onAuthorize("throws", question -> {
            throw new IllegalStateException();
        }));
        await(Carillon.connect(vertx).onAuthorize("fails", question -> Future.failedFuture("the database is away")));

        assertUnanswered("throws", Duration.ofSeconds(5));
        assertUnanswered("fails", Duration.ofSeconds(5));
    }

    @Test
    void neitherSilenceNorAnAddressWithoutHandlerIsAnAnswer() {
        vertx.eventBus().consumer("silent", message -> {});

        assertUnanswered("silent", Duration.ofMillis(20));
        assertUnanswered("nowhere", Duration.ofSeconds(5));
    }

    private void assertUnanswered(String address, Duration timeout) {
        Throwable cause = await(asking(address, "subscribe", timeout)
                .<Throwable>map(answer -> new AssertionError("answered " + answer))
                .otherwise(failure -> failure));
        assertThat(cause).isInstanceOf(UnavailableException.class);
    }

    private boolean ask(String address, String action, Duration timeout) {
        return await(asking(address, action, timeout));
    }

    private Future<Boolean> asking(String address, String action, Duration timeout) {
        return new BusAuthorizer(vertx, timeout)
                .ask(address, action, BusRequestsTest.ANN, "s1", new ChannelName("messages:42"));
    }
}
