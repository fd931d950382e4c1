package dev.carillon.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.TestNode;
import dev.carillon.testing.Until;
import dev.carillon.testing.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What operators see and do, each asked of a node that has nothing to do with it. */
@Timeout(120)
class OperationsClusterIT {
    private static List<TestNode> nodes;

    @BeforeAll
    static void start() {
        nodes = TestNode.cluster(
                3,
                "namespaces.room.subscribe=any",
                "namespaces.room.publish=any",
                "namespaces.room.presence=true",
                "namespaces.hall.subscribe=any",
                "namespaces.hall.publish=any",
                "namespaces.hall.presence=true",
                "namespaces.tick.subscribe=any",
                "namespaces.tick.publish=any",
                "namespaces.tick.ephemeral=true");
    }

    @AfterAll
    static void stop() {
        nodes.forEach(TestNode::stop);
    }

    private static JsonObject ask(int node, String path, JsonObject body) {
        return nodes.get(node).api(path, body);
    }

    @Test
    void everyNodeIsShownWithHowItStandsNow() {
        // A node that is asked and does not answer within two seconds is shown without what it would have said.
        Until.holds(
                () -> ask(1, "nodes", new JsonObject()).getJsonArray("nodes").stream()
                        .allMatch(node -> ((JsonObject) node).containsKey("now")),
                () -> "a node does not answer");
        JsonArray shown = ask(1, "nodes", new JsonObject()).getJsonArray("nodes");

        assertThat(shown).hasSize(3).allSatisfy(one -> {
            JsonObject node = (JsonObject) one;
            assertThat(node.getString("health")).isIn("ready", "unsafe");
            assertThat(node.getJsonObject("now").getBoolean("majority")).isTrue();
            assertThat(node.getLong("uptime_ms")).isPositive();
        });
        String id = nodes.get(2).node.id();
        Until.holds(
                () -> ask(0, "nodes/" + id + "/series", new JsonObject())
                                .getJsonArray("samples")
                                .size()
                        >= 2,
                () -> "no second sample");
    }

    @Test
    void channelsAreFoundByTrafficAndBySize() {
        WsClient one = WsClient.login(nodes.get(0), "ann", "hall:busy", "tick:1");
        WsClient two = WsClient.login(nodes.get(1), "ben", "hall:busy", "hall:calm");
        for (int i = 0; i < 20; i++) {
            one.publish(10 + i, "tick:1", i);
        }
        two.publish(10, "hall:calm", "one");

        assertThat(names(ask(2, "channels", new JsonObject().put("sort", "rate"))))
                .startsWith("tick:1");
        assertThat(names(ask(2, "channels", sorted("subscribers", "hall:")))).containsExactly("hall:busy", "hall:calm");
        assertThat(names(ask(2, "channels", sorted("members", "hall:")))).containsExactly("hall:busy", "hall:calm");
        assertThat(names(ask(2, "channels", sorted("kept", "hall:")))).containsExactly("hall:calm", "hall:busy");
        assertThat(names(ask(2, "channels", sorted("name", "").put("limit", 1))))
                .hasSize(1);

        JsonObject busy = ask(2, "channel", new JsonObject().put("channel", "hall:busy"));
        assertThat(busy.getInteger("subscribers")).isEqualTo(2);
        assertThat(busy.getInteger("members")).isEqualTo(2);
        assertThat(busy.getJsonArray("nodes"))
                .containsExactlyInAnyOrder(
                        nodes.get(0).node.id(), nodes.get(1).node.id());
        JsonObject tick = ask(2, "channel", new JsonObject().put("channel", "tick:1"));
        assertThat(tick.getDouble("publishes_per_second")).isPositive();
        assertThat(tick.containsKey("epoch")).isFalse();
        one.close();
        two.close();
    }

    private static JsonObject sorted(String sort, String prefix) {
        return new JsonObject().put("sort", sort).put("prefix", prefix);
    }

    private static List<String> names(JsonObject answer) {
        return answer.getJsonArray("channels").stream()
                .map(one -> ((JsonObject) one).getString("channel"))
                .toList();
    }

    @Test
    void aUserIsShownWithWhatItsNodesKnow() {
        WsClient phone = WsClient.login(nodes.get(0), "cid", "room:cid");
        WsClient laptop = WsClient.login(nodes.get(1), "cid");

        JsonObject user = ask(2, "user", new JsonObject().put("user_id", "cid"));

        assertThat(user.getBoolean("online")).isTrue();
        assertThat(user.getJsonArray("live")).hasSize(2);
        JsonObject first = user.getJsonArray("live").getJsonObject(0);
        assertThat(first.getString("node")).isEqualTo(nodes.get(0).node.id());
        assertThat(first.getJsonArray("on")).containsExactly("room:cid", "user:cid");
        assertThat(first.getLong("token_expires")).isGreaterThan(first.getLong("last_seen"));
        assertThat(user.getJsonArray("presence")).containsExactly("room:cid");
        assertThat(user.getJsonObject("personal").getInteger("subscribers")).isEqualTo(2);
        phone.close();
        laptop.close();
    }

    @Test
    void nodesTellHowTheyStandWhileAnOperatorListensAndNobodyElseMay() {
        WsClient user = WsClient.login(nodes.get(0), "dan");
        assertThat(user.subscribe(2, "$nodes").getInteger("code")).isEqualTo(203);
        assertThat(user.publish(3, "$nodes", 1).getInteger("code")).isEqualTo(203);
        assertThat(user.subscribe(4, "$other").getInteger("code")).isEqualTo(202);

        WsClient operator = operator(0, "carillon:api", "$nodes");
        for (TestNode node : nodes) {
            String id = node.node.id();
            JsonObject told = operator.next(
                    frame -> "message".equals(frame.getString("type"))
                            && frame.getJsonObject("data").getString("node").equals(id),
                    "a sample of " + id);
            assertThat(told.getString("channel")).isEqualTo("$nodes");
            assertThat(told.getJsonObject("data").getBoolean("majority")).isTrue();
        }
        user.close();
        operator.close();
    }

    @Test
    void whatAUserSaysAndIsToldIsTracedWithoutItsData() {
        WsClient user = WsClient.login(nodes.get(0), "eve", "room:eve");
        WsClient operator = operator(2, "carillon:api", "$trace:user:eve");
        event(operator, "session", told -> true);

        user.publish(5, "room:eve", new JsonObject().put("secret", "unseen"));

        JsonObject in = event(operator, "in", told -> type(told).equals("publish"));
        assertThat(in.getString("node")).isEqualTo(nodes.get(0).node.id());
        assertThat(in.getJsonObject("frame").getInteger("data_bytes")).isEqualTo(19);
        Set<String> types = new HashSet<>();
        while (!types.containsAll(Set.of("ack", "message"))) {
            JsonObject out = event(operator, "out", any -> true);
            assertThat(out.encode()).doesNotContain("unseen");
            types.add(type(out));
        }
        user.close();
        assertThat(event(operator, "closed", told -> true).getInteger("code")).isEqualTo(1000);
        WsClient again = WsClient.login(nodes.get(1), "eve");
        event(
                operator,
                "session",
                told -> told.getString("node").equals(nodes.get(1).node.id()));
        operator.close();
        again.close();
    }

    @Test
    void aChannelIsTracedWithDataWhereTheScopeAllowsIt() {
        WsClient masked = operator(2, "carillon:api", "$trace:channel:room:fay");
        assertThat(masked.subscribe(9, "$payloads:channel:room:fay").getInteger("code"))
                .isEqualTo(203);
        WsClient operator = operator(1, "carillon:api carillon:payloads", "$payloads:channel:room:fay");
        String first = nodes.get(0).node.id();
        event(masked, "tracing", told -> told.getString("node").equals(first));
        event(operator, "tracing", told -> told.getString("node").equals(first));
        WsClient user = WsClient.login(nodes.get(0), "fay", "room:fay");

        event(masked, "joined", told -> told.getString("user_id").equals("fay"));
        user.publish(5, "room:fay", "shown");
        assertThat(event(operator, "published", told -> true).getString("data")).isEqualTo("shown");
        assertThat(event(masked, "published", told -> true).containsKey("data")).isFalse();
        assertThat(user.subscribe(6, "room:fay").getInteger("code")).isEqualTo(205);
        user.send(new JsonObject().put("type", "unsubscribe").put("id", 7).put("channel", "room:fay"));
        event(masked, "left", told -> true);
        user.close();
        masked.close();
        operator.close();
    }

    private static WsClient operator(int node, String scope, String channel) {
        TestNode at = nodes.get(node);
        return WsClient.loginWith(
                at,
                at.token("operator" + System.nanoTime(), new JsonObject().put("scope", scope)),
                new JsonArray().add(new JsonObject().put("channel", channel)));
    }

    private static JsonObject event(WsClient operator, String event, Predicate<JsonObject> fits) {
        return operator.next(
                        frame -> {
                            JsonObject told = frame.getString("type").equals("message")
                                    ? frame.getJsonObject("data")
                                    : new JsonObject();
                            return event.equals(told.getString("event")) && fits.test(told);
                        },
                        event)
                .getJsonObject("data");
    }

    private static String type(JsonObject told) {
        return told.getJsonObject("frame").getString("type");
    }
}
