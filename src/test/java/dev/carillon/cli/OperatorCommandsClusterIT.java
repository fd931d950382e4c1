package dev.carillon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.TestNode;
import dev.carillon.testing.Until;
import dev.carillon.testing.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** Every command that operators have, against three nodes; each is asked of a node that has nothing to do with it. */
@Timeout(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OperatorCommandsClusterIT {
    private static List<TestNode> nodes;

    @BeforeAll
    static void start() {
        nodes = TestNode.cluster(
                3, "namespaces.room.subscribe=any", "namespaces.room.publish=any", "namespaces.room.presence=true");
    }

    @AfterAll
    static void stop() {
        nodes.forEach(TestNode::stop);
    }

    private static String[] at(int node, String... command) {
        List<String> args = new ArrayList<>(List.of(command));
        args.addAll(List.of("--url", "http://127.0.0.1:" + nodes.get(node).port(), "--key", TestNode.API_KEY));
        return args.toArray(String[]::new);
    }

    private static Run run(int node, String... command) {
        Run run = Run.of(at(node, command));
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        return run;
    }

    private static String id(int node) {
        return nodes.get(node).node.id();
    }

    @Test
    void nodes() {
        Run table = run(1, "nodes");

        assertThat(table.out().lines()).hasSize(4);
        assertThat(table.out()).contains(id(0), id(1) + " *", id(2)).contains("HEALTH");
        JsonArray all = new JsonObject(run(1, "nodes", "--json").out()).getJsonArray("nodes");
        assertThat(all).hasSize(3);
    }

    @Test
    void channelsAndOneOfThem() {
        WsClient ann = WsClient.login(nodes.get(0), "ann", "room:cli");
        WsClient ben = WsClient.login(nodes.get(1), "ben", "room:cli", "room:cli-quiet");
        ann.publish(5, "room:cli", new JsonObject().put("text", "Hello\u001b[31m"));

        List<String> listed = run(2, "channels", "room:cli", "--sort", "subscribers")
                .out()
                .lines()
                .toList();
        assertThat(listed).hasSize(3);
        assertThat(listed.get(1).split(" +")).startsWith("room:cli", "2", "2", "1", "1");
        assertThat(run(2, "channels", "room:cli", "--limit", "1", "--json").out())
                .satisfies(json -> assertThat(new JsonObject(json).getJsonArray("channels"))
                        .hasSize(1));

        Run channel = run(2, "channel", "room:cli", "--members", "--history", "5");
        assertThat(channel.out())
                .containsPattern("offset +1\n")
                .containsPattern("subscribers +2 sessions\n")
                .containsPattern(id(0) + " +1 ")
                .containsPattern("ann +\\S+ ")
                .contains("{\"text\":\"Hello")
                .doesNotContain("\u001b");
        assertThat(new JsonObject(run(2, "channel", "room:cli", "--members", "--json")
                                .out())
                        .getJsonArray("presence"))
                .hasSize(2);
        ann.close();
        ben.close();
    }

    @Test
    void aUserIsShownDisconnectedUnsubscribedAndRevoked() {
        WsClient phone = WsClient.login(nodes.get(0), "cid", "room:cid");
        WsClient laptop = WsClient.login(nodes.get(1), "cid");

        Run user = run(2, "user", "cid");
        assertThat(user.out()).containsPattern("online +yes\n").contains(id(0), id(1), "room:cid");
        JsonObject shown = new JsonObject(run(2, "user", "cid", "--json").out());

        assertThat(run(2, "unsubscribe", "cid", "room:cid").out())
                .isEqualTo("2 connection(s) of cid taken off room:cid\n");
        phone.next("unsubscribed");
        String second = shown.getJsonArray("sessions").stream()
                .map(JsonObject.class::cast)
                .filter(session -> session.getString("node").equals(id(1)))
                .map(session -> session.getString("session_id"))
                .findFirst()
                .orElseThrow();
        assertThat(run(2, "disconnect", "cid", "--session", second, "--code", "4010", "--reason", "ticket 7")
                        .out())
                .isEqualTo("1 connection(s) of cid closed\n");
        assertThat(laptop.closeCode()).isEqualTo(4010);
        assertThat(run(2, "revoke", "cid").out()).startsWith("tokens of cid from before 20");
        assertThat(phone.closeCode()).isEqualTo(4401);
        assertThat(run(2, "disconnect", "nobody").out()).isEqualTo("0 connection(s) of nobody closed\n");
    }

    @Test
    void aUserIsBlockedUntilUnblockedAndEverybodysTokensAreRevoked() {
        WsClient gus = WsClient.login(nodes.get(0), "gus");

        assertThat(run(1, "block", "gus", "--reason", "ticket 8").out())
                // None, if the node had seen the block itself before it was asked.
                .matches("gus is blocked; [01] connection\\(s\\) closed\n");
        assertThat(gus.closeCode()).isEqualTo(4401);
        Until.holds(() -> isBlocked(2, "gus"), () -> "the block did not come");
        assertThat(new JsonObject(run(2, "user", "gus", "--json").out()).getBoolean("blocked"))
                .isTrue();
        assertThat(run(1, "unblock", "gus").out()).isEqualTo("gus is not blocked\n");
        Until.holds(() -> !isBlocked(0, "gus"), () -> "still blocked there");
        WsClient.login(nodes.get(0), "gus").close();
        assertThat(run(1, "block", "gus", "--until", "2099-01-01T00:00:00Z").out())
                .startsWith("gus is blocked until 2099-01-01T00:00:00Z; ");
        assertThat(run(1, "revoke", "--everybody", "--before", "2020-01-01T00:00:00Z", "--tenant", "acme")
                        .out())
                .isEqualTo("tokens of everybody from before 2020-01-01T00:00:00Z revoked\n");
    }

    @Test
    void aMessageIsPublishedToWhoeverSubscribesWithATokenThatWasMade() throws Exception {
        try (Live subscribe = new Live(listening(0, "subscribe"));
                Live tail = new Live(listening(1, "tail"))) {
            subscribe.next("subscribed to room:dan");
            tail.next("subscribed to room:dan");

            assertThat(run(2, "publish", "room:dan", "{\"n\":1.50}").out())
                    .isEqualTo("published on room:dan at offset 1\n");
            for (Live live : List.of(subscribe, tail)) {
                assertThat(live.next("message")).contains("{\"n\":1.50}");
                assertThat(live.exitCode()).isZero();
            }
        }
    }

    private static String[] listening(int node, String command) {
        Run token = Run.of("token", "--user", "dan", "--ttl", "1m", "--set", "auth.secret=" + TestNode.SECRET);
        String url = "http://127.0.0.1:" + nodes.get(node).port();
        return new String[] {
            command, "room:dan", "--count", "1", "--token", token.out().strip(), "--url", url
        };
    }

    @Test
    void whatIsDoneIsToldToScriptsAsTheNodeAnsweredIt() {
        WsClient hal = WsClient.login(nodes.get(1), "hal", "room:hal");

        assertThat(json("publish", "room:hal", "1").getLong("offset")).isEqualTo(1);
        assertThat(json("unsubscribe", "hal", "room:hal").getInteger("connections"))
                .isEqualTo(1);
        assertThat(json("disconnect", "hal").getInteger("connections")).isEqualTo(1);
        assertThat(hal.closeCode()).isEqualTo(4401);
        assertThat(json("block", "hal").getInteger("connections")).isZero();
        assertThat(json("unblock", "hal").getBoolean("blocked")).isFalse();
        assertThat(json("revoke", "hal").containsKey("before")).isTrue();
    }

    private static JsonObject json(String... command) {
        List<String> args = new ArrayList<>(List.of(command));
        args.add("--json");
        return new JsonObject(run(2, args.toArray(String[]::new)).out());
    }

    @Test
    void aUserIsTracedWithoutDataAndAChannelWithIt() throws Exception {
        try (Live user = new Live(at(2, "trace", "user:eve"));
                Live channel = new Live(at(1, "trace", "channel:room:eve", "--payloads", "--json"))) {
            user.next(id(0), "tracing");
            channel.next(id(0), "tracing");

            WsClient eve = WsClient.login(nodes.get(0), "eve", "room:eve");
            eve.publish(5, "room:eve", new JsonObject().put("secret", "unseen"));

            assertThat(user.next(" in ", "publish", "channel=room:eve"))
                    .contains("data_bytes=19")
                    .doesNotContain("unseen");
            JsonObject published = new JsonObject(channel.next("\"published\""));
            assertThat(published.getJsonObject("data").getString("secret")).isEqualTo("unseen");
            eve.close();
            user.next("closed", "code=1000");
        }
    }

    @Test
    void theDoctorLooksAtAllOfThem() {
        TestNode node = nodes.get(0);
        Run run = Run.of(at(
                2,
                "doctor",
                "--dev",
                "--set",
                "auth.secret=" + TestNode.SECRET,
                "--set",
                "http.host=127.0.0.1",
                "--set",
                "http.port=" + node.port(),
                "--set",
                "cluster.port=0",
                "--set",
                "cluster.members=127.0.0.1:" + node.settings.cluster().port()));

        assertThat(run.out())
                .contains("3 nodes", "http.port 127.0.0.1:" + node.port() + " is a running node's")
                .contains("member 127.0.0.1:" + node.settings.cluster().port() + " answers")
                .containsPattern("clock +ok +that of node " + id(1))
                .contains("a node would start with them");
    }

    @Test
    void exitCodesTellWhy() {
        String url = "http://127.0.0.1:" + nodes.get(0).port();

        assertThat(Run.of(at(0, "drain", "nobody")).exitCode()).isEqualTo(1);
        assertThat(Run.of(at(0, "channels", "--limit", "1001")).exitCode()).isEqualTo(1);
        assertThat(Run.of("nodes", "--url", url, "--key", "a-key-that-is-none").exitCode())
                .isEqualTo(4);
        assertThat(Run.of(
                                "trace",
                                "user:a",
                                "--url",
                                url,
                                "--token",
                                nodes.get(0).token("a"))
                        .err())
                .contains("203");
        assertThat(Run.of("publish", "nowhere", "1", "--url", url, "--key", TestNode.API_KEY))
                .matches(run -> run.exitCode() == 1 && run.err().contains("202"));
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void aNodeIsDrainedAndTheLastOnlyByForce() {
        WsClient client = WsClient.login(nodes.get(2), "fay");

        assertThat(run(0, "drain", id(2), "--reason", "new kernel").out())
                .startsWith(id(2) + " drains; it sends ")
                .endsWith(" client(s) away\n");
        client.next("reconnect");
        assertThat(run(0, "nodes").out()).containsPattern(id(2) + " +draining");
        assertThat(run(0, "drain", id(1)).exitCode()).isZero();
        Until.holds(() -> draining(0) == 2, () -> "node 0 has not heard that two drain");
        Run last = Run.of(at(0, "drain", id(0)));
        assertThat(last.exitCode()).isEqualTo(1);
        assertThat(last.err()).contains("is the last one that takes clients");
        assertThat(run(0, "drain", id(0), "--force").out()).contains("drains");
        client.close();
    }

    private static boolean isBlocked(int asked, String user) {
        return nodes.get(asked).api("users/" + user, new JsonObject()).containsKey("blocked");
    }

    /** Nodes that drain, as one of them was told. */
    private static long draining(int asked) {
        return nodes.get(asked).api("nodes", new JsonObject()).getJsonArray("nodes").stream()
                .filter(node -> ((JsonObject) node).getBoolean("draining", false))
                .count();
    }
}
