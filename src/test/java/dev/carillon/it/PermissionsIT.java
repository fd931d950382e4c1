package dev.carillon.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.carillon.bus.AuthorizeRequest;
import dev.carillon.bus.Carillon;
import dev.carillon.testing.Bystander;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.TestNode;
import dev.carillon.testing.WsClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule of a namespace, with somebody whom it lets in and somebody whom it does not. */
@Timeout(60)
class PermissionsIT {
    private static final String AUTHORIZE = "app.may";

    private static TestNode node;
    private static Bystander bystander;
    private static WsClient anna;
    private static final Queue<AuthorizeRequest> asked = new ConcurrentLinkedQueue<>();
    private static long ids = 1;

    @BeforeAll
    static void start() {
        node = TestNode.start(
                "limits.authorize-timeout=3s",
                "namespaces.free={subscribe: any, publish: any}",
                "namespaces.shut={}",
                "namespaces.own={subscribe: own, publish: own}",
                "namespaces.claimed={subscribe: claim, publish: claim}",
                "namespaces.sealed={subscribe: token, publish: token}",
                "namespaces.asked={subscribe: ask, publish: ask, authorize: " + AUTHORIZE + "}",
                "namespaces.orphan={subscribe: ask, publish: ask, authorize: app.nobody}",
                "namespaces.mixed={subscribe: [own, claim, token, ask], publish: [], authorize: " + AUTHORIZE + "}");
        bystander = new Bystander(node);
        assertThat(ClusterMember.await(Carillon.connect(node.vertx()).onAuthorize(AUTHORIZE, PermissionsIT::decide)))
                .isNotNull();
        JsonObject claims = new JsonObject()
                .put(
                        "channels",
                        new JsonArray().add("claimed:one").add("claimed:many:*").add("mixed:claimed"))
                .put("publish", new JsonArray().add("claimed:out"));
        anna = WsClient.loginWith(node, node.token("anna", claims), new JsonArray());
    }

    private static Future<Boolean> decide(AuthorizeRequest request) {
        asked.add(request);
        return switch (request.channel().rest()) {
            case "yes" -> Future.succeededFuture(true);
            case "subscribe-only" -> Future.succeededFuture(request.action() == AuthorizeRequest.Action.SUBSCRIBE);
            case "no" -> Future.succeededFuture(false);
            case "fails" -> Future.failedFuture("the database is away");
            default -> Promise.<Boolean>promise().future();
        };
    }

    @AfterAll
    static void stop() {
        anna.close();
        bystander.close();
        node.stop();
    }

    @AfterEach
    void othersGoOn() {
        bystander.assertStillServed();
    }

    @ParameterizedTest(name = "{0}: subscribe {1}, publish {2}")
    @CsvSource({
        "free:x, true, true",
        "shut:x, false, false",
        "own:anna, true, true",
        "own:anna:drafts, true, true",
        "own:annabel, false, false",
        "own:bob, false, false",
        "own, false, false",
        "claimed:one, true, false",
        "claimed:one:more, false, false",
        "claimed:many:7, true, false",
        "claimed:out, false, true",
        "claimed:two, false, false",
        "sealed:x, false, false",
        "asked:yes, true, true",
        "asked:subscribe-only, true, false",
        "asked:no, false, false",
        "mixed:anna, true, false",
        "mixed:claimed, true, false",
        "mixed:yes, true, false",
        "mixed:no, false, false",
        "online, true, false",
    })
    void aRuleLetsInWhomItMeansAndNobodyElse(String channel, boolean subscribe, boolean publish) {
        JsonObject subscribed = anna.subscribe(++ids, channel);
        JsonObject published = anna.publish(++ids, channel, 1);

        assertAllowed(subscribed, "subscribed", subscribe);
        assertAllowed(published, "ack", publish);
        if (subscribe) {
            anna.send(
                    new JsonObject().put("type", "unsubscribe").put("id", ++ids).put("channel", channel));
            assertThat(anna.reply(ids).getString("type")).isEqualTo("unsubscribed");
        }
        // Who may not subscribe may not read what was said either.
        anna.send(new JsonObject().put("type", "history").put("id", ++ids).put("channel", channel));
        assertAllowed(anna.reply(ids), "history", subscribe);
    }

    @ParameterizedTest
    @ValueSource(strings = {"asked:fails", "asked:silent", "orphan:x"})
    void whoeverIsAskedAndDoesNotAnswerHasNotSaidNo(String channel) {
        assertUnanswered(anna.subscribe(++ids, channel));
        assertUnanswered(anna.publish(++ids, channel, 1));
        anna.send(new JsonObject().put("type", "history").put("id", ++ids).put("channel", channel));
        assertUnanswered(anna.reply(ids));
    }

    @Test
    void aChannelTokenOpensItsChannelToItsUserAndNothingElse() {
        Duration life = Duration.ofMinutes(1);
        String one = node.channelToken("anna", "sealed:one", life);
        String many = node.channelToken("anna", "sealed:many:*", life);

        assertAllowed(subscribe("sealed:one", one), "subscribed", true);
        assertAllowed(subscribe("sealed:many:1", many), "subscribed", true);
        assertAllowed(subscribe("sealed:two", one), "subscribed", false);
        assertAllowed(subscribe("sealed:many", many), "subscribed", false);
        assertAllowed(subscribe("shut:x", node.channelToken("anna", "shut:x", life)), "subscribed", false);
        assertAllowed(subscribe("sealed:3", node.channelToken("bob", "sealed:3", life)), "subscribed", false);
        assertAllowed(
                subscribe("sealed:4", node.channelToken("anna", "sealed:4", Duration.ofMinutes(-1))),
                "subscribed",
                false);
        assertAllowed(subscribe("sealed:5", node.token("anna")), "subscribed", false);
        assertAllowed(subscribe("sealed:6", "rubbish"), "subscribed", false);
        // Whom the token does not help, another rule may.
        assertAllowed(subscribe("mixed:yes", "rubbish"), "subscribed", true);
        assertAllowed(subscribe("mixed:sealed", node.channelToken("anna", "mixed:sealed", life)), "subscribed", true);
    }

    @Test
    void aRefusalAtTheBeginningIsToldBesideWhatWasGranted() {
        WsClient bob = WsClient.login(node, "bob", "free:a", "shut:a", "nowhere:a", "asked:no", "asked:yes");
        JsonObject welcome = bob.frames().get(0);

        assertThat(welcome.getJsonArray("subscriptions"))
                .extracting(granted -> ((JsonObject) granted).getString("channel"))
                .containsExactlyInAnyOrder("user:bob", "free:a", "asked:yes");
        assertThat(welcome.getJsonArray("refused"))
                .extracting(
                        refused -> ((JsonObject) refused).getString("channel"),
                        refused -> ((JsonObject) refused).getInteger("code"))
                .containsExactlyInAnyOrder(tuple("shut:a", 203), tuple("nowhere:a", 202), tuple("asked:no", 203));
        bob.close();
    }

    @Test
    void theVerticleThatIsAskedKnowsWhoWantsWhat() {
        JsonObject info = new JsonObject().put("team", "blue");
        WsClient carol =
                WsClient.loginWith(node, node.token("carol", new JsonObject().put("info", info)), new JsonArray());
        asked.clear();

        assertThat(carol.publish(2, "asked:yes", 1).getString("type")).isEqualTo("ack");

        AuthorizeRequest request = asked.remove();
        assertThat(request.action()).isEqualTo(AuthorizeRequest.Action.PUBLISH);
        assertThat(request.channel().value()).isEqualTo("asked:yes");
        assertThat(request.userId()).isEqualTo("carol");
        assertThat(request.sessionId()).isEqualTo(carol.frames().get(0).getString("session_id"));
        assertThat(request.info()).isEqualTo(info);
        carol.close();
    }

    @Test
    void publicationsStayInOrderThoughTheirPermissionsTakeDifferentTimes() {
        WsClient reader = WsClient.login(node, "reader", "asked:yes");
        WsClient writer = WsClient.login(node, "writer");
        for (int i = 1; i <= 20; i++) {
            writer.send(new JsonObject()
                    .put("type", "publish")
                    .put("channel", "asked:yes")
                    .put("data", "m" + i));
        }
        for (int i = 1; i <= 20; i++) {
            String wanted = "m" + i;
            JsonObject message = reader.next("message");
            while (!(message.getValue("data") instanceof String)) {
                message = reader.next("message");
            }
            assertThat(message.getString("data")).isEqualTo(wanted);
        }
        writer.close();
        reader.close();
    }

    private static JsonObject subscribe(String channel, String token) {
        anna.send(new JsonObject()
                .put("type", "subscribe")
                .put("id", ++ids)
                .put("channel", channel)
                .put("token", token));
        JsonObject reply = anna.reply(ids);
        if (reply.getString("type").equals("subscribed")) {
            anna.send(
                    new JsonObject().put("type", "unsubscribe").put("id", ++ids).put("channel", channel));
            assertThat(anna.reply(ids).getString("type")).isEqualTo("unsubscribed");
        }
        return reply;
    }

    private static void assertUnanswered(JsonObject reply) {
        assertThat(reply.getInteger("code")).as(reply.encode()).isEqualTo(101);
        assertThat(reply.getBoolean("temporary")).isTrue();
    }

    private static void assertAllowed(JsonObject reply, String type, boolean allowed) {
        if (allowed) {
            assertThat(reply.getString("type")).as(reply.encode()).isEqualTo(type);
        } else {
            assertThat(reply.getString("type")).as(reply.encode()).isEqualTo("error");
            assertThat(reply.getInteger("code")).isEqualTo(203);
            assertThat(reply.getBoolean("temporary")).isFalse();
        }
    }
}
