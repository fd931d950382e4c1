package dev.carillon.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.Bystander;
import dev.carillon.testing.RawSocket;
import dev.carillon.testing.TestNode;
import dev.carillon.testing.Until;
import dev.carillon.testing.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many clients of one address, on a node that takes few; a proxy says which address that is. */
@Timeout(60)
class AdmissionIT {
    private static final int BURST = 10;

    private static TestNode node;
    private static Bystander bystander;

    @BeforeAll
    static void start() {
        node = TestNode.start(
                "http.proxies=127.0.0.0/8",
                "admission.connections-per-address=3",
                "admission.logins-per-second-per-address=1");
        bystander = new Bystander(node);
    }

    @AfterAll
    static void stop() {
        bystander.close();
        node.stop();
    }

    @AfterEach
    void othersGoOn() {
        bystander.assertStillServed();
    }

    @Test
    void oneMoreOfAnAddressIsAnswered429AndThoseOfOthersAreNot() throws IOException {
        try (RawSocket first = RawSocket.connect(node.port());
                RawSocket second = RawSocket.connect(node.port());
                RawSocket third = RawSocket.connect(node.port());
                RawSocket fourth = RawSocket.connect(node.port());
                RawSocket other = RawSocket.connect(node.port())) {
            for (RawSocket socket : new RawSocket[] {first, second, third}) {
                assertThat(socket.handshake("X-Forwarded-For: 192.0.2.1")).startsWith("HTTP/1.1 101 ");
                JsonObject answer = login(socket, "guest", new JsonObject().put("channel", "lobby:a"));
                assertThat(answer.getString("type")).isEqualTo("auth_success");
            }
            // What stands before the proxy's own entry was written by the client.
            String refused = fourth.handshake("X-Forwarded-For: 198.51.100.7, 192.0.2.1, 127.0.0.9");
            assertThat(refused).startsWith("HTTP/1.1 429 ").containsIgnoringCase("retry-after: 5");
            assertThat(other.handshake("X-Forwarded-For: 192.0.2.2")).startsWith("HTTP/1.1 101 ");
        }
    }

    @Test
    void newSessionsBeyondTheRateAreTold103AndThoseThatResumeAreNot() throws IOException {
        String from = "X-Forwarded-For: 192.0.2.10";
        JsonObject last = new JsonObject();
        int goesOn = 0;
        for (int i = 0; i < BURST + 6 && goesOn != 4007; i++) {
            try (RawSocket client = RawSocket.connect(node.port())) {
                assertThat(client.handshake(from)).startsWith("HTTP/1.1 101 ");
                JsonObject answer = login(client, "new" + i, new JsonObject().put("channel", "lobby:a"));
                if (!answer.getString("type").equals("auth_success")) {
                    last = answer;
                    goesOn = client.closeCode();
                    assertThat(goesOn).isIn(1013, 4007);
                }
            }
        }
        assertThat(last.getInteger("code")).isEqualTo(103);
        assertThat(goesOn).isEqualTo(4007);

        try (RawSocket resuming = RawSocket.connect(node.port())) {
            assertThat(resuming.handshake(from)).startsWith("HTTP/1.1 101 ");
            JsonObject since =
                    new JsonObject().put("channel", "lobby:a").put("epoch", "x").put("offset", 1);
            assertThat(login(resuming, "returning", since).getString("type")).isEqualTo("auth_success");
        }
    }

    @Test
    void whoOnlyPretendsToResumeWaitsInTheEnd() throws IOException {
        int pretended = 0;
        int code = 0;
        while (code != 1013 && pretended++ < 3 * BURST) {
            try (RawSocket client = RawSocket.connect(node.port())) {
                assertThat(client.handshake("X-Forwarded-For: 192.0.2.20")).startsWith("HTTP/1.1 101 ");
                client.text("{\"type\":\"auth\",\"id\":1,\"token\":\"x.y.z\",\"subscribe\":"
                        + "[{\"channel\":\"lobby:a\",\"epoch\":\"x\",\"offset\":1}]}");
                code = client.closeCode();
                assertThat(code).isIn(4001, 1013);
            }
        }
        assertThat(code).isEqualTo(1013);
    }

    @Test
    void connectionsThatSayNothingAreTakenUpToTheirNumberAndThoseThatSpokeGoOn() throws IOException {
        TestNode few = TestNode.start("admission.idle-handshakes=2", "auth.timeout=20s");
        WsClient known = WsClient.login(few, "known", "lobby:idle");
        try (RawSocket one = RawSocket.open(few.port());
                RawSocket two = RawSocket.open(few.port())) {
            Until.holds(() -> isTurnedAway(few), () -> "a third was taken beside " + one + " and " + two);
            assertThat(known.publish(2, "lobby:idle", 1).getString("type")).isEqualTo("ack");
        }
        Until.holds(() -> !isTurnedAway(few), () -> "nobody is taken any more");
        known.close();
        few.stop();
    }

    private static boolean isTurnedAway(TestNode node) {
        try (RawSocket newcomer = RawSocket.connect(node.port())) {
            return !newcomer.handshake().startsWith("HTTP/1.1 101 ");
        } catch (IOException cut) {
            return true;
        }
    }

    private static JsonObject login(RawSocket client, String user, JsonObject subscribe) throws IOException {
        client.text(new JsonObject()
                .put("type", "auth")
                .put("id", 1)
                .put("token", node.token(user))
                .put("subscribe", new JsonArray().add(subscribe))
                .encode());
        return new JsonObject(client.read().text());
    }
}
