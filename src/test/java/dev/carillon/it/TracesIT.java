package dev.carillon.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.bus.Carillon;
import dev.carillon.bus.PublishOptions;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.SseClient;
import dev.carillon.testing.TestNode;
import dev.carillon.testing.WsClient;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The trace of whoever publishes, through a whole node; the bridge form has a test of its own. */
@Timeout(60)
class TracesIT {
    private static TestNode node;
    private static Carillon carillon;
    private static WsClient reader;

    @BeforeAll
    static void start() {
        node = TestNode.start("namespaces.feed={subscribe: any, publish: any}", "bus.bridges.traced.news=feed:bridged");
        carillon = Carillon.connect(node.vertx());
        reader = WsClient.login(node, "reader", "feed:ws", "feed:api", "feed:bus", "feed:bridged");
    }

    @AfterAll
    static void stop() {
        reader.close();
        node.stop();
    }

    /** A trace unlike any other. */
    private static String trace(int number) {
        return String.format(Locale.ROOT, "00-%032x-b7ad6b7169203331-01", number);
    }

    private static String heard() {
        return reader.next("message").getString("traceparent");
    }

    @Test
    void aClientsTraceReachesSubscribersOfEveryFormAndStandsInTheHistory() throws Exception {
        WsClient writer = WsClient.login(node, "writer");
        try (SseClient events = SseClient.open(node, "/sse?channel=feed:ws", node.token("sse"), null)) {
            JsonObject publish = new JsonObject()
                    .put("type", "publish")
                    .put("channel", "feed:ws")
                    .put("data", 1);
            writer.send(publish.copy().put("id", 2).put("key", "k").put("traceparent", trace(1)));
            assertThat(writer.reply(2).getString("type")).isEqualTo("ack");
            writer.send(publish.copy().put("id", 3).put("key", "k").put("traceparent", trace(2)));
            assertThat(writer.reply(3).getBoolean("duplicate")).isTrue();
            assertThat(writer.publish(4, "feed:ws", "untraced").getString("type"))
                    .isEqualTo("ack");

            assertThat(heard()).isEqualTo(trace(1));
            assertThat(reader.next("message").containsKey("traceparent"))
                    .as("another's trace")
                    .isFalse();
            assertThat(events.next("message").data().getString("traceparent")).isEqualTo(trace(1));
        }
        JsonArray kept =
                node.api("history", new JsonObject().put("channel", "feed:ws")).getJsonArray("messages");
        assertThat(kept)
                .extracting(message -> ((JsonObject) message).getString("traceparent"))
                .containsExactly(trace(1), null);
        assertThat(ClusterMember.await(carillon.history("feed:ws", 10)).publications())
                .extracting(publication -> publication.traceparent())
                .containsExactly(trace(1), null);
        writer.close();
    }

    @Test
    void aServersTraceIsTheHeaderOfItsRequest() {
        for (String path : List.of("publish", "broadcast")) {
            JsonObject body = new JsonObject().put("data", 1);
            body.put(path.equals("publish") ? "channel" : "channels", path.equals("publish") ? "feed:api" : channels());
            int status = ClusterMember.await(node.http()
                            .post(node.port(), "127.0.0.1", "/api/" + path)
                            .putHeader("X-API-Key", TestNode.API_KEY)
                            .putHeader("traceparent", trace(3))
                            .sendJsonObject(body))
                    .statusCode();
            assertThat(status).isEqualTo(200);
            assertThat(heard()).isEqualTo(trace(3));
        }
    }

    private static JsonArray channels() {
        return new JsonArray().add("feed:api");
    }

    @Test
    void aVerticlesTraceIsTheHeaderOfItsMessage() {
        PublishOptions traced = PublishOptions.DEFAULTS.withTraceparent(trace(4));
        assertThat(ClusterMember.await(carillon.publish("feed:bus", 1, traced)).duplicate())
                .isFalse();
        assertThat(heard()).isEqualTo(trace(4));
        assertThat(ClusterMember.await(carillon.publish("feed:bus", 1, traced.withTraceparent("none")))
                        .duplicate())
                .isFalse();
        assertThat(reader.next("message").containsKey("traceparent")).isFalse();

        DeliveryOptions header = new DeliveryOptions().addHeader("traceparent", trace(5));
        JsonObject publish = new JsonObject().put("channel", "feed:bus").put("data", 1);
        assertThat(ClusterMember.await(node.vertx().eventBus().request("carillon.publish", publish, header)))
                .isNotNull();
        assertThat(heard()).isEqualTo(trace(5));
        for (boolean sent : new boolean[] {true, false}) {
            if (sent) {
                node.vertx().eventBus().send("traced.news", 1, header);
            } else {
                node.vertx().eventBus().publish("traced.news", 1, header);
            }
            assertThat(heard()).isEqualTo(trace(5));
        }
    }
}
