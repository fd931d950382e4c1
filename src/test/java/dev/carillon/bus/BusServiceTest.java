package dev.carillon.bus;

import static dev.carillon.bus.BusMember.await;
import static dev.carillon.bus.BusMember.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.UnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BusServiceTest {
    private final Vertx vertx = Vertx.vertx();
    private final FakeGateway.Streams streams = new FakeGateway.Streams(InstantSource.system());
    private final FakeGateway gateway = new FakeGateway("n1", streams);
    private final BusService service = new BusService(vertx, gateway);

    @BeforeEach
    void start() {
        await(service.start());
    }

    @AfterEach
    void close() {
        await(vertx.close());
    }

    @Test
    void aPublishIsAnsweredWithItsPosition() {
        JsonObject first =
                publish(new JsonObject().put("channel", "feed").put("data", "x").put("key", "k1"));
        JsonObject again =
                publish(new JsonObject().put("channel", "feed").put("data", "x").put("key", "k1"));

        assertThat(first).isEqualTo(new JsonObject("{\"epoch\":\"e1\",\"offset\":1,\"duplicate\":false}"));
        assertThat(again).isEqualTo(new JsonObject("{\"epoch\":\"e1\",\"offset\":1,\"duplicate\":true}"));
        assertThat(streams.data("feed")).containsExactly("\"x\"");
    }

    @Test
    void anEphemeralPublishHasNoPosition() {
        assertThat(publish(new JsonObject().put("channel", "tick").put("data", 1)))
                .isEqualTo(new JsonObject("{\"duplicate\":false}"));
    }

    @Test
    void dataMayBeNull() {
        publish(new JsonObject().put("channel", "feed").putNull("data"));

        assertThat(streams.data("feed")).containsExactly("null");
    }

    @Test
    void aBufferIsTakenAsItIs() {
        DeliveryOptions headers =
                new DeliveryOptions().addHeader("channel", "feed").addHeader("user_id", "ann");
        await(vertx.eventBus().request(BusAddresses.PUBLISH, Buffer.buffer("{\"a\": 1.50}"), headers));

        assertThat(streams.data("feed")).containsExactly("{\"a\": 1.50}");
        assertThat(streams.of("feed").get(0).userId()).isEqualTo("ann");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"data":1}                                     | 200 | bad request: channel is missing
            {"channel":7,"data":1}                         | 200 | bad request: channel must be a string that is not empty
            {"channel":"a b","data":1}                     | 200 | bad request: channel must not hold white space or control characters
            {"channel":"feed"}                             | 200 | bad request: data is missing
            {"channel":"feed","data":1,"key":{}}           | 200 | bad request: key must be a string that is not empty
            {"channel":"feed","data":1,"user_id":[]}       | 200 | bad request: user_id must be a string that is not empty
            {"channel":"unknown:1","data":1}               | 202 | unknown namespace
            """)
    void aBadPublishIsRefusedByItsField(String body, int code, String message) {
        assertRefused(request(BusAddresses.PUBLISH, new JsonObject(body)), code, message);
    }

    @Test
    void aKeyThatIsTooLongIsRefused() {
        JsonObject body = new JsonObject().put("channel", "feed").put("data", 1).put("key", "k".repeat(129));

        assertRefused(request(BusAddresses.PUBLISH, body), 200, "bad request: key must be at most 128 bytes");
    }

    @Test
    void aBodyOfAnotherTypeIsRefused() {
        assertRefused(request(BusAddresses.PUBLISH, "feed"), 200, "bad request: body must be a JSON object");
        assertRefused(request(BusAddresses.COMMAND, null), 200, "bad request: body must be a JSON object");
        Future<?> broken = vertx.eventBus()
                .request(
                        BusAddresses.PUBLISH,
                        Buffer.buffer("{\"a\":"),
                        new DeliveryOptions().addHeader("channel", "feed"));
        assertRefused(broken, 200, "bad request: data must hold one JSON value in UTF-8");
    }

    @Test
    void whatIsUnavailableCanBeTriedAgain() {
        gateway.failures.add(new UnavailableException("the owner of feed at 10.0.0.1"));

        assertRefused(
                request(
                        BusAddresses.PUBLISH,
                        new JsonObject().put("channel", "feed").put("data", 1)),
                101,
                "unavailable");
    }

    @Test
    void anUnforeseenFailureTellsNothing() {
        gateway.failures.add(new IllegalStateException("secret"));

        assertRefused(
                request(
                        BusAddresses.PUBLISH,
                        new JsonObject().put("channel", "feed").put("data", 1)),
                100,
                "internal error");
    }

    @Test
    void aSendersPublishesKeepTheirOrder() {
        List<Future<?>> sent = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            sent.add(request(
                    i % 2 == 0 ? BusAddresses.PUBLISH : BusAddresses.ofNode("n1"),
                    new JsonObject().put("channel", "feed").put("data", i)));
        }
        sent.forEach(BusMember::await);

        assertThat(streams.data("feed"))
                .isEqualTo(IntStream.range(0, 500).mapToObj(String::valueOf).toList());
    }

    @Test
    void aBroadcastAnswersForEveryTarget() {
        JsonObject answer = command("""
                {"command":"broadcast","channels":["feed","unknown","a b","news"],"data":{"x":1}}""");

        assertThat(answer.getJsonArray("results").stream().map(result -> ((JsonObject) result).getInteger("code")))
                .containsExactly(null, 202, 200, null);
        assertThat(streams.data("news")).containsExactly("{\"x\":1}");
    }

    @Test
    void aBroadcastToUsersReachesTheirPersonalChannels() {
        command("{\"command\":\"broadcast\",\"users\":[\"ann\",\"bob\"],\"data\":1}");

        assertThat(streams.data("user:ann")).containsExactly("1");
        assertThat(streams.data("user:bob")).containsExactly("1");
    }

    @Test
    void aBroadcastIsBounded() {
        JsonArray many =
                new JsonArray(IntStream.range(0, 1001).mapToObj(i -> "c" + i).toList());

        assertRefused(
                request(
                        BusAddresses.COMMAND,
                        new JsonObject()
                                .put("command", "broadcast")
                                .put("channels", many)
                                .put("data", 1)),
                200,
                "bad request: channels must hold at most 1000");
    }

    @Test
    void historyIsReadFromAPosition() {
        for (int i = 1; i <= 3; i++) {
            publish(new JsonObject().put("channel", "feed").put("data", new JsonObject().put("i", i)));
        }
        JsonObject answer = command("""
                {"command":"history","channel":"feed","since":{"epoch":"e1","offset":1},"limit":1}""");

        assertThat(answer.getLong("offset")).isEqualTo(3);
        assertThat(answer.getJsonArray("messages")).hasSize(1);
        assertThat(answer.getJsonArray("messages").getJsonObject(0).getJsonObject("data"))
                .isEqualTo(new JsonObject().put("i", 2));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"command":"history","channel":"feed","limit":0}             | 200
            {"command":"history","channel":"feed","limit":"many"}        | 200
            {"command":"history","channel":"feed","since":{"offset":1}}  | 200
            {"command":"history","channel":"feed","reverse":1}           | 200
            {"command":"presence"}                                       | 200
            {"command":"user"}                                           | 200
            {"command":"disconnect","user_id":"ann","code":1234}         | 200
            {"command":"broadcast","channels":[1],"data":1}              | 200
            {"command":"dance"}                                          | 201
            {}                                                           | 200
            """)
    void aBadCommandIsRefused(String body, int code) {
        assertThat(failure(request(BusAddresses.COMMAND, new JsonObject(body))))
                .isInstanceOfSatisfying(
                        ReplyException.class,
                        refused -> assertThat(refused.failureCode()).isEqualTo(code));
    }

    @Test
    void aUserIsDisconnectedWithTheCodeAskedFor() {
        assertThat(command("{\"command\":\"disconnect\",\"user_id\":\"ann\"}").getInteger("disconnected"))
                .isEqualTo(2);
        command("{\"command\":\"disconnect\",\"user_id\":\"ann\",\"session_id\":\"s1\",\"code\":4403}");

        assertThat(gateway.disconnected).containsExactly("ann null UNAUTHORIZED", "ann s1 FORBIDDEN");
    }

    @Test
    void afterItsStopNobodyAnswers() {
        await(service.stop());

        assertThat(failure(request(BusAddresses.COMMAND, new JsonObject().put("command", "node"))))
                .isInstanceOf(ReplyException.class)
                .hasMessageStartingWith("No handlers");
    }

    private JsonObject publish(JsonObject body) {
        return (JsonObject) await(request(BusAddresses.PUBLISH, body)).body();
    }

    private JsonObject command(String body) {
        return (JsonObject)
                await(request(BusAddresses.COMMAND, new JsonObject(body))).body();
    }

    private Future<Message<Object>> request(String address, Object body) {
        return vertx.eventBus().request(address, body);
    }

    private static void assertRefused(Future<?> request, int code, String message) {
        assertThat(failure(request)).isInstanceOfSatisfying(ReplyException.class, refused -> {
            assertThat(refused.failureCode()).isEqualTo(code);
            assertThat(refused.getMessage()).isEqualTo(message);
        });
    }
}
