package dev.carillon.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.bus.Carillon;
import dev.carillon.bus.ClientRequest;
import dev.carillon.bus.RequestFailed;
import dev.carillon.testing.Bystander;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.TestNode;
import dev.carillon.testing.WsClient;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a browser asks of a verticle, and what it publishes where a schema is kept: every answer and every error. */
@Timeout(60)
class RequestsIT {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(3);

    private static final BlockingQueue<Message<Object>> held = new LinkedBlockingQueue<>();
    private static TestNode node;
    private static Bystander bystander;
    private static WsClient client;
    private static long ids = 1;

    @BeforeAll
    static void start() {
        node = TestNode.start(
                "limits.commands-in-flight=4",
                "limits.request-timeout=" + REQUEST_TIMEOUT.toMillis() + "ms",
                "bus.requests=app.*,exact",
                "namespaces.typed={subscribe: any, publish: any, schema: {type: object, required: [text], "
                        + "properties: {text: {type: string, maxLength: 10}}, additionalProperties: false}}");
        bystander = new Bystander(node);
        Carillon carillon = Carillon.connect(node.vertx());
        EventBus bus = node.vertx().eventBus();
        assertThat(ClusterMember.await(carillon.onRequest("app.echo", RequestsIT::echo)))
                .isNotNull();
        assertThat(ClusterMember.await(carillon.onRequest("app.fail", RequestsIT::fail)))
                .isNotNull();
        ClusterMember.await(bus.consumer("app.hold", held::add).completion());
        ClusterMember.await(bus.<Integer>consumer("app.code", message -> message.fail(message.body(), "as told"))
                .completion());
        ClusterMember.await(
                bus.consumer("closed.echo", message -> message.reply("secret")).completion());
        ClusterMember.await(bus.consumer(
                        "app.trace",
                        message ->
                                message.reply(String.valueOf(message.headers().get("traceparent"))))
                .completion());
        client = WsClient.login(node, "asker");
    }

    @Test
    void aTraceReachesTheVerticleIfItIsOne() {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        JsonObject request = new JsonObject().put("type", "request").put("address", "app.trace");
        for (String given : new String[] {trace, "ff" + trace.substring(2), trace.toUpperCase(Locale.ROOT), "x"}) {
            long id = ++ids;
            client.send(request.copy().put("id", id).put("traceparent", given));
            assertThat(client.reply(id).getString("data")).isEqualTo(given.equals(trace) ? trace : "null");
        }
    }

    private static Future<?> echo(ClientRequest request) {
        return Future.succeededFuture(new JsonObject()
                .put("user", request.userId())
                .put("session", request.sessionId())
                .put("data", request.data()));
    }

    private static Future<?> fail(ClientRequest request) {
        if (request.data() instanceof JsonObject data) {
            return Future.failedFuture(new RequestFailed(data.getInteger("code"), data.getString("message")));
        }
        throw new IllegalStateException("what a verticle says to itself");
    }

    @AfterAll
    static void stop() {
        client.close();
        bystander.close();
        node.stop();
    }

    @AfterEach
    void othersGoOn() {
        bystander.assertStillServed();
    }

    // --- requests

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":[1,{\"b\":null}]}", "[1,2]", "\"text\"", "7", "1.5", "true", "null"})
    void aVerticleGetsTheDataAndWhoSentItAndItsReplyComesBack(String data) {
        client.send("{\"type\":\"request\",\"id\":" + ++ids + ",\"address\":\"app.echo\",\"data\":" + data + "}");

        JsonObject reply = client.reply(ids);
        assertThat(reply.getString("type")).isEqualTo("reply");
        assertThat(reply.getJsonObject("data").getString("user")).isEqualTo("asker");
        assertThat(reply.getJsonObject("data").getString("session"))
                .isEqualTo(client.frames().get(0).getString("session_id"));
        assertThat(reply.getJsonObject("data").getValue("data"))
                .isEqualTo(new JsonObject("{\"data\":" + data + "}").getValue("data"));
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 404, 1999})
    void aVerticlesFailureReachesTheClientAsItIs(int code) {
        JsonObject error = ask("app.fail", new JsonObject().put("code", code).put("message", "no tables left"));
        assertThat(error.getString("type")).isEqualTo("error");
        assertThat(error.getInteger("code")).isEqualTo(code);
        assertThat(error.getString("error")).isEqualTo("no tables left");
        assertThat(error.getBoolean("temporary")).isFalse();

        assertThat(ask("app.code", code).getInteger("code")).isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 203, 299, 2000})
    void aFailureWithACodeThatIsNotTheApplicationsIsAnInternalError(int code) {
        JsonObject error = ask("app.code", code);

        assertThat(error.getInteger("code")).isEqualTo(100);
        assertThat(error.getString("error")).isEqualTo("internal error");
        assertThat(error.getBoolean("temporary")).isTrue();
    }

    @Test
    void whatAVerticleThrowsStaysInTheNode() {
        JsonObject error = ask("app.fail", "no code");

        assertThat(error.getInteger("code")).isEqualTo(100);
        assertThat(error.encode()).doesNotContain("to itself");
    }

    @Test
    void aLongFailureIsCut() {
        JsonObject error = ask("app.fail", new JsonObject().put("code", 301).put("message", "x".repeat(5000)));

        assertThat(error.getString("error")).hasSize(200);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "app.nobody, 208",
        "exact, 208",
        "exactly, 203",
        "closed.echo, 203",
        "app, 203",
        "carillon.publish, 203",
        "__vertx.reply.1, 203",
    })
    void anAddressWithoutAHandlerIs208AndOneThatIsNotPermitted203(String address, int code) {
        assertThat(ask(address, 1).getInteger("code")).isEqualTo(code);
    }

    @Test
    void aVerticleThatIsLateIs102AndItsAnswerIsNotSentAnyMore() throws InterruptedException {
        client.send(request("app.hold", "late").put("timeout_ms", 100));

        JsonObject error = client.reply(ids);
        assertThat(error.getInteger("code")).isEqualTo(102);
        assertThat(error.getBoolean("temporary")).isTrue();
        takeHeld().reply("too late");
        long late = ids;
        assertThat(ask("app.echo", "marker").getString("type")).isEqualTo("reply");
        assertThat(client.frames().stream().filter(frame -> frame.getLong("id", 0L) == late))
                .hasSize(1);
    }

    @Test
    void noClientMayWaitLongerThanTheNodeAllows() throws InterruptedException {
        Instant asked = Instant.now();
        client.send(request("app.hold", "patient").put("timeout_ms", 3_600_000));

        assertThat(client.reply(ids).getInteger("code")).isEqualTo(102);
        assertThat(Duration.between(asked, Instant.now()))
                .isBetween(REQUEST_TIMEOUT.minusMillis(50), Duration.ofSeconds(10));
        assertThat(takeHeld().body()).isEqualTo("patient");
    }

    @Test
    void aRequestWithoutAnIdIsAnsweredOnlyIfItFails() {
        WsClient quiet = WsClient.login(node, "quiet");
        quiet.send("{\"type\":\"request\",\"address\":\"app.echo\",\"data\":1}");
        quiet.send("{\"type\":\"request\",\"address\":\"app.code\",\"data\":333}");

        JsonObject error = quiet.next("error");
        assertThat(error.getInteger("code")).isEqualTo(333);
        assertThat(error.containsKey("id")).isFalse();
        assertThat(quiet.frames()).extracting(frame -> frame.getString("type")).doesNotContain("reply");
        quiet.close();
    }

    @Test
    void moreCommandsInFlightThanAllowedAre103UntilOneIsAnswered() throws InterruptedException {
        WsClient busy = WsClient.login(node, "busy");
        for (int id = 2; id <= 5; id++) {
            busy.send(hold(id));
        }
        busy.send(hold(6));
        JsonObject refused = busy.reply(6);
        assertThat(refused.getInteger("code")).isEqualTo(103);
        assertThat(refused.getBoolean("temporary")).isTrue();

        takeHeld().reply("one");
        assertThat(busy.next("reply").getString("data")).isEqualTo("one");
        busy.send(hold(7));
        for (int i = 0; i < 4; i++) {
            takeHeld().reply("more");
        }
        assertThat(busy.reply(7).getString("type")).isEqualTo("reply");
        busy.close();
    }

    @Test
    void aClientThatLeavesWhileAVerticleThinksHurtsNobody() throws InterruptedException {
        WsClient gone = WsClient.login(node, "gone");
        gone.send(hold(2));
        Message<Object> asked = takeHeld();
        gone.close();

        asked.reply("to nobody");
    }

    // --- schemas

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"text\":\"short\"} | ack",
                "{\"text\":\"far too long for it\"} | 207",
                "{\"text\":7} | 207",
                "{} | 207",
                "{\"text\":\"a\",\"more\":1} | 207",
                "[] | 207",
                "null | 207",
                "\"text\" | 207",
            })
    void dataMustMeetTheSchemaOfItsNamespace(String data, String outcome) {
        client.send("{\"type\":\"publish\",\"id\":" + ++ids + ",\"channel\":\"typed:x\",\"data\":" + data + "}");

        JsonObject reply = client.reply(ids);
        if (outcome.equals("ack")) {
            assertThat(reply.getString("type")).isEqualTo("ack");
        } else {
            assertThat(reply.getInteger("code")).isEqualTo(Integer.parseInt(outcome));
            assertThat(reply.getBoolean("temporary")).isFalse();
        }
    }

    private static JsonObject ask(String address, @Nullable Object data) {
        client.send(request(address, data));
        return client.reply(ids);
    }

    private static JsonObject request(String address, @Nullable Object data) {
        return new JsonObject()
                .put("type", "request")
                .put("id", ++ids)
                .put("address", address)
                .put("data", data);
    }

    private static JsonObject hold(long id) {
        return new JsonObject().put("type", "request").put("id", id).put("address", "app.hold");
    }

    private static Message<Object> takeHeld() throws InterruptedException {
        Message<Object> message = held.poll(20, TimeUnit.SECONDS);
        assertThat(message).isNotNull();
        return message;
    }
}
