package dev.carillon.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.bus.Carillon;
import dev.carillon.testing.Bystander;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.RawSocket;
import dev.carillon.testing.TestNode;
import dev.carillon.testing.Until;
import dev.carillon.testing.WsClient;
import io.vertx.core.json.JsonObject;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that are silent, slow or loud, on a node that has little patience. */
@Timeout(60)
class LimitsIT {
    private static final int MESSAGES_PER_SECOND = 50;
    private static final String[] SETTINGS = {
        "auth.timeout=1500ms",
        "heartbeat.interval=400ms",
        "heartbeat.timeout=1600ms",
        "http.idle-timeout=1s",
        "limits.max-queued-bytes=65536",
        "limits.messages-per-second=" + MESSAGES_PER_SECOND,
        "admission.head-timeout=2s",
        "namespaces.calm={subscribe: any, publish: any, publishes-per-second: 1}",
        "namespaces.busy={subscribe: any, publish: any, channel-publishes-per-second: 1}"
    };

    private static TestNode node;
    private static Bystander bystander;

    @BeforeAll
    static void start() {
        node = TestNode.start(SETTINGS);
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
    void whoSaysNothingIsClosedWith4002() throws IOException {
        double before = closedWith(4002);
        try (RawSocket silent = RawSocket.open(node.port())) {
            assertThat(silent.closeCode()).isEqualTo(4002);
        }
        assertThat(closedWith(4002)).isEqualTo(before + 1);
    }

    @Test
    void pingsAndHalfAFrameAreNoAnswerToWhoAreYou() throws IOException {
        try (RawSocket pinging = RawSocket.open(node.port());
                RawSocket halfway = RawSocket.open(node.port())) {
            pinging.send(RawSocket.frame(RawSocket.FINAL | RawSocket.PING, new byte[0]));
            halfway.send(RawSocket.header(RawSocket.FINAL | RawSocket.TEXT, 100), ascii("{\"type\":\"auth\""));
            assertThat(pinging.closeCode()).isEqualTo(4002);
            assertThat(halfway.closeCode()).isEqualTo(4002);
        }
    }

    @Test
    void aRequestThatIsNeverFinishedIsCutOff() throws IOException {
        try (RawSocket slow = RawSocket.connect(node.port())) {
            slow.send(ascii("GET /ws HTTP/1.1\r\nHost: x\r\nCook"));
            assertThatThrownBy(slow::head).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void aRequestThatComesByteByByteIsCutOff() throws IOException {
        try (RawSocket slow = RawSocket.connect(node.port())) {
            slow.send(ascii("GET /ws HTTP/1.1\r\nHost: x\r\nCookie: "));
            slow.patience(100);
            assertThatThrownBy(() -> {
                        while (true) {
                            slow.send(ascii("x"));
                            try {
                                slow.head();
                            } catch (SocketTimeoutException nothingYet) {
                                // The node never was without a byte for http.idle-timeout.
                            }
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void whoDoesNotAnswerPingsIsClosedWith4005AndWhoAnswersIsNot() throws IOException {
        WsClient answering = WsClient.login(node, "answering");
        try (RawSocket dead = RawSocket.login(node, "dead", "lobby:4005")) {
            assertThat(dead.closeCode()).isEqualTo(4005);
        }
        assertThat(answering.publish(2, "lobby:4005", 1).getString("type")).isEqualTo("ack");
        assertThat(answering.frames())
                .extracting(frame -> frame.getString("type"))
                .contains("ping");
        answering.close();
    }

    @Test
    void whoDoesNotReadIsClosedWith4004AndMissesNothingSilently() throws IOException {
        Carillon carillon = Carillon.connect(node.vertx());
        double before = closedWith(4004);
        WsClient reading = WsClient.login(node, "reading", "tick:flood");
        try (RawSocket slow = RawSocket.login(node, "slow", 64 * 1024, "tick:flood")) {
            String padding = "x".repeat(30_000);
            int sent = 0;
            while (closedWith(4004) == before && sent < 5_000) {
                // It is slow, not dead.
                slow.text("{\"type\":\"pong\"}");
                for (int i = 0; i < 20; i++) {
                    int n = ++sent;
                    JsonObject data = new JsonObject().put("n", n).put("padding", padding);
                    assertThat(ClusterMember.await(carillon.publish("tick:flood", data))
                                    .duplicate())
                            .isFalse();
                    // Whoever has to wait for a processor is not slow.
                    assertThat(reading.next(frame -> number(frame) == n, "number " + n))
                            .isNotNull();
                }
            }
            assertThat(slow.closeCode()).isEqualTo(4004);

            assertThat(reading.frames().stream().mapToInt(LimitsIT::number).filter(n -> n > 0))
                    .hasSize(sent)
                    .isSorted();
        }
        assertThat(closedWith(4004)).isEqualTo(before + 1);
        reading.close();
    }

    private static int number(JsonObject frame) {
        return "message".equals(frame.getString("type"))
                ? frame.getJsonObject("data").getInteger("n")
                : 0;
    }

    @Test
    void aPageOfHistoryIsNoLargerThanWhatASocketIsGiven() {
        WsClient client = WsClient.login(node, "reader", "feed:large");
        String large = "x".repeat(20_000);
        for (int i = 1; i <= 5; i++) {
            assertThat(client.publish(10 + i, "feed:large", large).getString("type"))
                    .isEqualTo("ack");
        }
        JsonObject history = new JsonObject()
                .put("type", "history")
                .put("channel", "feed:large")
                .put("limit", 50);

        client.send(history.copy().put("id", 30));
        JsonObject first = client.reply(30);
        assertThat(offsets(first)).containsExactly(1L, 2L, 3L);
        assertThat(first.getLong("offset")).isEqualTo(5);
        client.send(history.copy()
                .put("id", 31)
                .put(
                        "since",
                        new JsonObject().put("epoch", first.getString("epoch")).put("offset", 3)));
        assertThat(offsets(client.reply(31))).containsExactly(4L, 5L);
        client.close();
    }

    private static List<Long> offsets(JsonObject page) {
        return page.getJsonArray("messages").stream()
                .map(message -> ((JsonObject) message).getLong("offset"))
                .toList();
    }

    @Test
    void whoIsTooLoudIsTold103AndClosedWith4007IfThatDoesNotHelp() throws IOException {
        try (RawSocket loud = RawSocket.login(node, "loud")) {
            byte[] ping = RawSocket.frame(RawSocket.FINAL | RawSocket.TEXT, ascii("{\"type\":\"ping\",\"id\":7}"));
            byte[] flood = new byte[ping.length * MESSAGES_PER_SECOND * 20];
            for (int at = 0; at < flood.length; at += ping.length) {
                System.arraycopy(ping, 0, flood, at, ping.length);
            }
            loud.send(flood);

            JsonObject limited = loud.next("error");
            assertThat(limited.getInteger("code")).isEqualTo(103);
            assertThat(limited.getLong("id")).isEqualTo(7);
            assertThat(limited.getBoolean("temporary")).isTrue();
            assertThat(limited.getLong("retry_after_ms")).isBetween(1L, 1000L);
            assertThat(loud.closeCode()).isEqualTo(4007);
        }
    }

    @Test
    void whoSendsTooManyBytesIsTold103ThoughTheMessagesAreFew() throws IOException {
        try (RawSocket loud = RawSocket.login(node, "heavy")) {
            String padding = "x".repeat(60_000);
            for (int i = 0; i < 60; i++) {
                loud.text("{\"type\":\"ping\",\"padding\":\"" + padding + "\"}");
            }
            JsonObject limited = loud.next("error");
            assertThat(limited.getInteger("code")).isEqualTo(103);
            assertThat(limited.getLong("retry_after_ms")).isPositive();
        }
    }

    @Test
    void whoSendsNothingButControlFramesIsClosedAsWell() throws IOException {
        try (RawSocket loud = RawSocket.login(node, "pinging")) {
            byte[] pong = RawSocket.frame(RawSocket.FINAL | 10, new byte[0]);
            byte[] flood = new byte[pong.length * 50_000];
            for (int at = 0; at < flood.length; at += pong.length) {
                System.arraycopy(pong, 0, flood, at, pong.length);
            }
            loud.send(flood);
            assertThat(loud.closeCode()).isEqualTo(4007);
        }
    }

    @Test
    void allConnectionsOfAUserHaveOneRateTogether() {
        List<WsClient> clients = new ArrayList<>();
        int limited = 0;
        for (int i = 0; i < 5; i++) {
            clients.add(WsClient.login(node, "many"));
        }
        // Each stays within its own burst of 100.
        for (WsClient client : clients) {
            for (int n = 2; n < 92; n++) {
                // Not one after the other: within a second, all of them.
                client.socket()
                        .writeTextMessage(new JsonObject()
                                .put("type", "ping")
                                .put("id", n)
                                .encode())
                        .onFailure(gone -> {});
            }
        }
        for (WsClient client : clients) {
            for (int n = 2; n < 92; n++) {
                limited += client.reply(n).getInteger("code", 0) == 103 ? 1 : 0;
            }
        }
        assertThat(limited).isPositive();
        clients.forEach(WsClient::close);
    }

    @Test
    void aChannelHasOneRateForAllItsPublishers() {
        int limited = 0;
        for (int i = 0; i < 8; i++) {
            WsClient client = WsClient.login(node, "publisher" + i);
            limited += client.publish(2, "busy:a", i).getInteger("code", 0) == 103 ? 1 : 0;
            client.close();
        }
        assertThat(limited).isPositive();
    }

    @Test
    void framesThatAreNoFramesCountAsWell() throws IOException {
        try (RawSocket loud = RawSocket.login(node, "loud2")) {
            byte[] rubbish = RawSocket.frame(RawSocket.FINAL | RawSocket.TEXT, ascii("rubbish"));
            byte[] flood = new byte[rubbish.length * MESSAGES_PER_SECOND * 20];
            for (int at = 0; at < flood.length; at += rubbish.length) {
                System.arraycopy(rubbish, 0, flood, at, rubbish.length);
            }
            loud.send(flood);
            assertThat(loud.closeCode()).isEqualTo(4007);
        }
    }

    @Test
    void aNamespaceMayAllowFewerPublicationsThanTheConnection() {
        WsClient client = WsClient.login(node, "eager");
        assertThat(client.publish(2, "calm:a", 1).getString("type")).isEqualTo("ack");
        assertThat(client.publish(3, "calm:a", 2).getString("type")).isEqualTo("ack");

        // The third within a second, unless the machine stood still meanwhile.
        JsonObject limited = client.publish(4, "calm:a", 3);
        for (long id = 5; id < 15 && !"error".equals(limited.getString("type")); id++) {
            limited = client.publish(id, "calm:a", id);
        }

        assertThat(limited.getInteger("code")).isEqualTo(103);
        assertThat(limited.getLong("retry_after_ms")).isBetween(1L, 1000L);
        assertThat(client.publish(15, "calm:b", 1).getString("type")).isEqualTo("ack");
        client.close();
    }

    @Test
    void everySocketThatWasOpenedIsCountedOutAgain() throws IOException {
        int open = Bystander.SOCKETS;
        Until.holds(
                () -> node.meter("carillon_connections{transport=\"websocket\"}") == open,
                () -> "sockets of other tests are left");
        for (int i = 0; i < 5; i++) {
            try (RawSocket raw = RawSocket.login(node, "counted" + i)) {
                raw.text("{\"type\":\"ping\"}");
            }
        }
        try (RawSocket watching = RawSocket.login(node, "watching")) {
            // The heartbeat brings a turn of the loop until the last of them was noticed.
            while (node.meter("carillon_connections{transport=\"websocket\"}") > open + 1) {
                assertThat(watching.next("ping")).isNotNull();
                watching.text("{\"type\":\"pong\"}");
            }
            assertThat(node.meter("carillon_connections{transport=\"websocket\"}"))
                    .isEqualTo(open + 1);
        }
    }

    @Test
    void aNodeThatStopsSendsItsClientsAwayWith4010() throws IOException {
        List<String> settings = new ArrayList<>(List.of(SETTINGS));
        // Before the client, which answers no pings here, is taken for dead.
        settings.add("drain.within=300ms");
        TestNode other = TestNode.start(settings.toArray(String[]::new));
        try (RawSocket client = RawSocket.login(other, "guest", "lobby:4010");
                RawSocket stranger = RawSocket.open(other.port())) {
            other.stop();
            assertThat(client.closeCode()).isEqualTo(4010);
            // A stranger is no client yet; it is told to come back all the same, if its time was not up.
            assertThat(stranger.closeCode()).isIn(1001, 4002, 4010);
        }
    }

    private static double closedWith(int code) {
        return node.meter("carillon_connections_closed_total{code=\"" + code + "\",transport=\"websocket\"}");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
