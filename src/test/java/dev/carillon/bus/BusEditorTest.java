package dev.carillon.bus;

import static dev.carillon.bus.BusMember.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.channel.UnavailableException;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.session.Requests.RequestFailure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BusEditorTest {
    private static final ChannelName CHAT = new ChannelName("acme", "messages:42");
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final Payload BYTES = Payload.binary("{\"n\":1}".getBytes(), new byte[] {1, -1});

    private final Vertx vertx = Vertx.vertx();
    private final Carillon carillon = Carillon.connect(vertx);
    private Duration patience = Duration.ofSeconds(20);

    @AfterEach
    void close() {
        await(vertx.close());
    }

    @Test
    void theVerticleIsToldEverythingAndItsAnswerIsPublished() {
        AtomicReference<ClientPublish> seen = new AtomicReference<>();
        answer(publish -> {
            seen.set(publish);
            return Future.succeededFuture(new JsonObject().put("id", 7));
        });

        assertThat(await(edit(Payload.json("{\"a\":1}"), "k\r\n€", TRACE))).isEqualTo(Payload.json("{\"id\":7}"));
        JsonObject data = new JsonObject().put("a", 1);
        assertThat(seen).hasValue(new ClientPublish(CHAT, "ann", "s1", data, null, "k\r\n€", TRACE));
        assertThat(await(edit(Payload.NULL, null, null))).isEqualTo(Payload.json("{\"id\":7}"));
        assertThat(seen).hasValue(new ClientPublish(CHAT, "ann", "s1", null, null, null, null));
    }

    @Test
    void bytesStayBytesWithWhatDescribesThemOrBecomeJson() {
        answer(publish -> Future.succeededFuture(((Buffer) publish.data()).slice(0, 1)));
        assertThat(await(edit(BYTES, null, null))).isEqualTo(Payload.binary("{\"n\":1}".getBytes(), new byte[] {1}));
    }

    @Test
    void aBufferForAnythingElseIsJsonAlready() {
        answer(publish -> Future.succeededFuture(publish.meta() == null ? Buffer.buffer("[1]") : publish.meta()));

        assertThat(await(edit(Payload.json("1"), null, null))).isEqualTo(Payload.json("[1]"));
        assertThat(await(edit(BYTES, null, null))).isEqualTo(Payload.json("{\"n\":1}"));
    }

    @Test
    void aRefusalIsTheApplicationsOwn() {
        answer(publish -> Future.failedFuture(new RequestFailed(402, "pay first")));

        assertThat(failure()).isInstanceOfSatisfying(RequestFailure.class, refused -> {
            assertThat(refused.code()).isEqualTo(402);
            assertThat(refused.getMessage()).isEqualTo("pay first");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 203, 2000})
    void anotherFailureThatIsFinalIsAMissingPermission(int code) {
        vertx.eventBus().consumer("chat.edit", message -> message.fail(code, "secret"));

        assertThat(failure())
                .isInstanceOfSatisfying(
                        ProtocolException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
    }

    @Test
    void whoeverFailsOrSaysNothingOrIsNotThereDidNotAnswer() {
        assertThat(failure()).isInstanceOf(UnavailableException.class);
        Registration fails = answer(publish -> Future.failedFuture("the database is away"));
        assertThat(failure()).isInstanceOf(UnavailableException.class);
        await(fails.unregister());
        Registration throwing = answer(publish -> {
            throw new IllegalStateException("secret");
        });
        assertThat(failure()).isInstanceOf(UnavailableException.class);
        await(throwing.unregister());
        Registration odd = answer(publish -> Future.succeededFuture(new Object()));
        assertThat(failure()).isInstanceOf(UnavailableException.class);
        await(odd.unregister());
        vertx.eventBus().consumer("chat.edit", message -> {});
        patience = Duration.ofMillis(20);
        assertThat(failure()).isInstanceOf(UnavailableException.class);
    }

    @Test
    void whatNoVerticleCouldReadIsRefused() {
        Payload deep = Payload.json("[".repeat(5000) + "]".repeat(5000));
        assertThat(BusMember.failure(edit(deep, null, null)))
                .hasMessage("bad request: data is nested too deep for a verticle");
    }

    private Registration answer(Function<ClientPublish, Future<?>> handler) {
        return await(carillon.onPublish("chat.edit", handler));
    }

    private Throwable failure() {
        return BusMember.failure(edit(Payload.json("1"), null, null));
    }

    private Future<Payload> edit(Payload data, String key, String trace) {
        return new BusEditor(vertx, patience)
                .edit(
                        "chat.edit",
                        BusRequestsTest.ANN,
                        "s1",
                        CHAT,
                        new ClientFrame.Publish(5, CHAT.value(), data, key, trace));
    }
}
