package dev.carillon.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.bus.BusService;
import dev.carillon.bus.FakeGateway;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.session.Requests;
import dev.carillon.testing.ClusterMember;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The verticles on a real Vert.x, twice as on two nodes: whichever is asked knows what the other was told. */
class DemoTest {
    private final Vertx vertx = Vertx.vertx();
    private final FakeGateway.Streams streams = new FakeGateway.Streams(InstantSource.system());

    @BeforeEach
    void start() {
        await(new BusService(vertx, new FakeGateway("n1", streams)).start());
        for (int node = 0; node < 2; node++) {
            for (VerticleBase verticle : Demo.verticles(vertx)) {
                assertThat(await(vertx.deployVerticle(verticle))).isNotEmpty();
            }
        }
    }

    @AfterEach
    void stop() {
        await(vertx.close());
    }

    @Test
    void aPrivateChatIsForItsMembersAndAnyOtherForAll() {
        ask(
                "ann",
                "demo.chat.create",
                new JsonObject().put("chat", "plans").put("members", new JsonArray().add("ben")));

        for (int i = 0; i < 2; i++) {
            assertThat(List.of(may("ann", "plans"), may("ben", "plans"), may("eve", "plans"), may("eve", "tea")))
                    .containsExactly(true, true, false, true);
        }
        assertThat(streams.data("user:ben"))
                .containsExactly("{\"type\":\"chat.invited\",\"chat\":\"plans\",\"by\":\"ann\"}");
        refused("eve", "demo.chat.create", new JsonObject().put("chat", "plans").put("members", new JsonArray()), 409);
        assertThat(may("eve", "plans")).isFalse();
    }

    @Test
    void whatIsSaidInTheCafeComesOutWithAnIdItsSenderAndATime() {
        JsonObject said = say("ann", new JsonObject().put("type", "message").put("content", "<b>hot</b>"));

        assertThat(said.getString("type")).isEqualTo("new_message");
        assertThat(said.getString("sender")).isEqualTo("ann");
        assertThat(said.getString("content")).isEqualTo("<b>hot</b>");
        assertThat(said.getString("id")).isNotEmpty();
        assertThat(said.getLong("timestamp")).isPositive();
        JsonObject typing = new JsonObject().put("type", "typing").put("is_typing", true);
        assertThat(say("ann", typing.copy().put("user", "eve"))).isEqualTo(typing.put("user", "ann"));
        assertThatExceptionOfType(ReplyException.class)
                .isThrownBy(
                        () -> say("ann", new JsonObject().put("type", "message").put("content", " ")))
                .satisfies(failure -> assertThat(failure.failureCode()).isEqualTo(400));
    }

    @Test
    void postsAndCommentsReachTheFeedAndAreListed() {
        JsonObject post = (JsonObject) ask("ann", "demo.feed.post", new JsonObject().put("text", "hello"));
        JsonObject comment = (JsonObject) ask(
                "ben",
                "demo.feed.comment",
                new JsonObject().put("post", post.getString("id")).put("text", "hi"));

        assertThat(ask("eve", "demo.feed.list", null))
                .isEqualTo(new JsonArray().add(post).add(comment));
        assertThat(comment.getString("type")).isEqualTo("new_comment");
        assertThat(comment.getString("author")).isEqualTo("ben");
        refused("ann", "demo.feed.post", new JsonObject().put("text", "x".repeat(501)), 400);
    }

    @Test
    void whoIsAskedMayAcceptOnceAndBothAreTold() {
        JsonObject ben = new JsonObject().put("user", "ben");
        JsonObject ann = new JsonObject().put("user", "ann");
        ask("ann", "demo.connections.request", ben);
        refused("ann", "demo.connections.request", ben, 409);
        refused("ben", "demo.connections.request", ann, 409);
        refused("ann", "demo.connections.request", ann, 400);
        refused("ann", "demo.connections.accept", ben, 404);
        ask("ben", "demo.connections.accept", ann);
        refused("ben", "demo.connections.accept", ann, 404);

        JsonObject pair = new JsonObject().put("from", "ann").put("to", "ben").put("state", "accepted");
        assertThat(ask("ann", "demo.connections.list", null)).isEqualTo(new JsonArray().add(pair));
        assertThat(ask("ben", "demo.connections.list", null)).isEqualTo(new JsonArray().add(pair));
        assertThat(ask("eve", "demo.connections.list", null)).isEqualTo(new JsonArray());
        assertThat(streams.data("user:ben"))
                .satisfiesExactly(
                        event -> assertThat(event).contains("connection_request"),
                        notification -> assertThat(notification).contains("ann would like to connect"));
        assertThat(streams.data("connections:ann")).singleElement().asString().contains("connection_accepted");
    }

    @Test
    void alertsAreKeptUntilTheyAreResolvedAndEachChangeIsTold() {
        JsonObject alert = (JsonObject) ask("ann", "demo.alerts.raise", new JsonObject().put("text", "hot"));
        assertThat(ask("ben", "demo.alerts.list", null)).isEqualTo(new JsonArray().add(alert));
        ask("ben", "demo.alerts.resolve", new JsonObject().put("id", alert.getString("id")));

        assertThat(ask("ann", "demo.alerts.list", null)).isEqualTo(new JsonArray());
        assertThat(streams.data("notifications"))
                .containsExactly("{\"type\":\"alerts.changed\"}", "{\"type\":\"alerts.changed\"}");
        refused("ann", "demo.alerts.resolve", new JsonObject().put("id", "none"), 404);
    }

    @Test
    void theTrainerAnswersARecordingOnItsChannel() {
        Payload recording = Payload.binary("{\"type\":\"audio\"}".getBytes(), SoundTest.wav(8000, SoundTest.tone(0.5)));
        streams.append(new ChannelName("simulation:ann"), Payload.json("\"first\""), "ann", null, null);
        streams.append(new ChannelName("simulation:ann"), recording, "ann", null, null);
        JsonObject where = new JsonObject()
                .put("channel", "simulation:ann")
                .put("epoch", "e1")
                .put("offset", 2);

        refused("eve", "demo.simulator.listen", where, 404);
        refused("ann", "demo.simulator.listen", where.copy().put("offset", 1), 404);
        refused("ann", "demo.simulator.listen", where.copy().put("channel", "lobby"), 400);
        JsonObject answer = (JsonObject) ask("ann", "demo.simulator.listen", where);

        assertThat(answer.getInteger("to")).isEqualTo(2);
        assertThat(answer.getJsonObject("heard").getInteger("duration_ms")).isEqualTo(1000);
        assertThat(streams.data("simulation:ann").get(2)).isEqualTo(answer.encode());
    }

    private boolean may(String user, String chat) {
        JsonObject question = new JsonObject()
                .put("action", "subscribe")
                .put("channel", "messages:" + chat)
                .put("user_id", user)
                .put("session_id", "s1");
        return (boolean)
                await(vertx.eventBus().request("chat.authorize", question)).body();
    }

    private JsonObject say(String user, JsonObject data) {
        DeliveryOptions who =
                new DeliveryOptions().addHeader(Requests.USER_HEADER, user).addHeader(Requests.CHANNEL_HEADER, "cafe");
        return (JsonObject)
                await(vertx.eventBus().request("cafe.publish", data, who)).body();
    }

    private Object ask(String user, String address, JsonObject data) {
        return await(request(user, address, data));
    }

    private void refused(String user, String address, JsonObject data, int code) {
        assertThatExceptionOfType(ReplyException.class)
                .isThrownBy(() -> ask(user, address, data))
                .satisfies(failure -> assertThat(failure.failureCode()).isEqualTo(code));
    }

    private Future<Object> request(String user, String address, JsonObject data) {
        DeliveryOptions who =
                new DeliveryOptions().addHeader(Requests.USER_HEADER, user).addHeader(Requests.SESSION_HEADER, "s1");
        return vertx.eventBus().request(address, data, who).map(reply -> reply.body());
    }

    private static <T> T await(Future<T> future) {
        return ClusterMember.await(future);
    }
}
