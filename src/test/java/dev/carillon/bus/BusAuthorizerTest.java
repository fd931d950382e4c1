package dev.carillon.bus;

import static dev.carillon.bus.BusMember.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.ChannelName;
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
                        new ChannelName("messages:42"),
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

    @Test
    void aFailureMeansNo() {
        vertx.eventBus().consumer("fails", message -> message.fail(300, "true"));
        await(Carillon.connect(vertx).onAuthorize("throws", question -> {
            throw new IllegalStateException();
        }));

        assertThat(ask("fails", "subscribe", Duration.ofSeconds(5))).isFalse();
        assertThat(ask("throws", "subscribe", Duration.ofSeconds(5))).isFalse();
    }

    @Test
    void noAnswerMeansNo() {
        vertx.eventBus().consumer("silent", message -> {});

        assertThat(ask("silent", "subscribe", Duration.ofMillis(20))).isFalse();
        assertThat(ask("nowhere", "subscribe", Duration.ofSeconds(5))).isFalse();
    }

    private boolean ask(String address, String action, Duration timeout) {
        return await(new BusAuthorizer(vertx, timeout)
                .ask(address, action, BusRequestsTest.ANN, "s1", new ChannelName("messages:42")));
    }
}
