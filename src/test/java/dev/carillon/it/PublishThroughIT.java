package dev.carillon.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.bus.Carillon;
import dev.carillon.bus.ClientPublish;
import dev.carillon.bus.RequestFailed;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.TestNode;
import dev.carillon.testing.Until;
import dev.carillon.testing.WsClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients publish goes through a verticle, which says what is published. */
@Timeout(60)
class PublishThroughIT {
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final AtomicInteger ids = new AtomicInteger();
    private static final Queue<ClientPublish> seen = new ConcurrentLinkedQueue<>();
    private static final Queue<Promise<Object>> held = new ConcurrentLinkedQueue<>();

    private static TestNode node;
    private static WsClient writer;
    private static WsClient reader;
    private static long commands = 1;

    @BeforeAll
    static void start() {
        node = TestNode.start(
                "limits.authorize-timeout=5s",
                "namespaces.chat={subscribe: any, publish: any, publish-through: chat.edit, max-data-bytes: 200, "
                        + "schema: {type: object, required: [id]}}",
                "namespaces.tick={subscribe: any, publish: any, publish-through: chat.edit, ephemeral: true}",
                "namespaces.orphan={subscribe: any, publish: any, publish-through: nobody.there}",
                "namespaces.shut={subscribe: any, publish: [], publish-through: chat.edit}");
        assertThat(ClusterMember.await(Carillon.connect(node.vertx()).onPublish("chat.edit", PublishThroughIT::edit)))
                .isNotNull();
        writer = WsClient.login(node, "writer");
        reader = WsClient.login(node, "reader", "chat:a", "chat:ordered", "tick:a");
    }

    private static Future<?> edit(ClientPublish publish) {
        seen.add(publish);
        JsonObject message = new JsonObject()
                .put("id", ids.incrementAndGet())
                .put("by", publish.userId())
                .put("was", publish.data());
        if (publish.channel().rest().equals("ordered")) {
            Promise<Object> answer = Promise.promise();
            held.add(answer);
            return answer.future().map(message);
        }
        return switch (String.valueOf(publish.data())) {
            case "refuse" -> Future.failedFuture(new RequestFailed(422, "mind your language"));
            case "fail" -> Future.failedFuture("the database is away");
            case "no id" -> Future.succeededFuture(new JsonObject());
            case "too much" -> Future.succeededFuture(message.put("more", "x".repeat(200)));
            default -> Future.succeededFuture(message);
        };
    }

    @AfterAll
    static void stop() {
        writer.close();
        reader.close();
        node.stop();
    }

    private static JsonObject publish(String channel, Object data) {
        return writer.publish(++commands, channel, data);
    }

    @Test
    void aPublishComesOutAsTheVerticleSaysOnceForItsKey() {
        JsonObject publish = new JsonObject()
                .put("type", "publish")
                .put("channel", "chat:a")
                .put("data", "hello")
                .put("key", "k1")
                .put("traceparent", TRACE);
        seen.clear();
        for (boolean again : new boolean[] {false, true}) {
            writer.send(publish.copy().put("id", ++commands));
            assertThat(writer.reply(commands).getBoolean("duplicate")).isEqualTo(again);
        }
        assertThat(publish("chat:a", "marker").getString("type")).isEqualTo("ack");

        JsonObject first = reader.next("message");
        assertThat(first.getJsonObject("data").getString("by")).isEqualTo("writer");
        assertThat(first.getJsonObject("data").getString("was")).isEqualTo("hello");
        assertThat(first.getString("user_id")).isEqualTo("writer");
        assertThat(first.getString("traceparent")).isEqualTo(TRACE);
        assertThat(reader.next("message").getJsonObject("data").getString("was"))
                .as("the repeat was not published")
                .isEqualTo("marker");
        assertThat(seen).extracting(ClientPublish::key).containsExactly("k1", "k1", null);
        assertThat(seen).extracting(ClientPublish::traceparent).containsExactly(TRACE, TRACE, null);
        assertThat(seen.element().sessionId()).isEqualTo(writer.frames().get(0).getString("session_id"));
    }

    @Test
    void publicationsStayInOrderThoughTheirAnswersDoNot() {
        List<Long> sent = IntStream.range(0, 5).mapToObj(i -> ++commands).toList();
        sent.forEach(id -> writer.send(new JsonObject()
                .put("type", "publish")
                .put("id", id)
                .put("channel", "chat:ordered")
                .put("data", id)));
        Until.holds(() -> held.size() == sent.size(), () -> held.size() + " were asked for");
        List<Promise<Object>> answers = List.copyOf(held);
        for (int i = answers.size() - 1; i >= 0; i--) {
            answers.get(i).complete();
        }

        for (long id : sent) {
            assertThat(reader.next(frame -> "chat:ordered".equals(frame.getString("channel")), "message")
                            .getJsonObject("data")
                            .getLong("was"))
                    .isEqualTo(id);
            assertThat(writer.reply(id).getString("type")).isEqualTo("ack");
        }
    }

    @Test
    void whatIsRefusedOrNotAnsweredIsToldAndTheConnectionGoesOn() {
        JsonObject refused = publish("chat:b", "refuse");
        assertThat(refused.getInteger("code")).isEqualTo(422);
        assertThat(refused.getString("error")).isEqualTo("mind your language");
        assertThat(refused.getBoolean("temporary")).isFalse();
        for (JsonObject unanswered : List.of(publish("chat:b", "fail"), publish("orphan:b", "x"))) {
            assertThat(unanswered.getInteger("code")).isEqualTo(101);
            assertThat(unanswered.getBoolean("temporary")).isTrue();
        }
        assertThat(publish("chat:b", "no id").getInteger("code")).isEqualTo(207);
        assertThat(publish("chat:b", "too much").getInteger("code")).isEqualTo(209);
        seen.clear();
        assertThat(publish("chat:b", "x".repeat(201)).getInteger("code")).isEqualTo(209);
        assertThat(publish("shut:b", "x").getInteger("code")).isEqualTo(203);
        assertThat(seen).as("asked for nothing").isEmpty();
        assertThat(publish("chat:b", "fine").getString("type")).isEqualTo("ack");
        JsonArray kept =
                node.api("history", new JsonObject().put("channel", "chat:b")).getJsonArray("messages");
        assertThat(kept).hasSize(1);
    }

    @Test
    void whatAServerPublishesIsPublishedAsItIs() {
        seen.clear();
        node.api("publish", new JsonObject().put("channel", "tick:a").put("data", "as it is"));
        assertThat(reader.next(frame -> "tick:a".equals(frame.getString("channel")), "message")
                        .getString("data"))
                .isEqualTo("as it is");
        assertThat(publish("tick:a", "edited").getString("type")).isEqualTo("ack");
        assertThat(reader.next(frame -> "tick:a".equals(frame.getString("channel")), "message")
                        .getJsonObject("data")
                        .getString("was"))
                .isEqualTo("edited");
        assertThat(seen).hasSize(1);
    }
}
