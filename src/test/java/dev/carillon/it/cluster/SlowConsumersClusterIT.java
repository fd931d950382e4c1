package dev.carillon.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.carillon.bus.Carillon;
import dev.carillon.channel.Ack;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.Continuity;
import dev.carillon.testing.RawSocket;
import dev.carillon.testing.TestNode;
import dev.carillon.testing.Until;
import dev.carillon.testing.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that stop reading for a while, under each policy. What is published on the first node reaches them there, or on
 * the second one.
 */
@Timeout(120)
class SlowConsumersClusterIT {
    private static final String[] SETTINGS = {
        "limits.max-queued-bytes=131072",
        "limits.max-backlog-messages=50",
        "namespaces.strict={subscribe: any, history-size: 3000}",
        "namespaces.newest={subscribe: any, history-size: 3000, slow-consumer: drop-oldest}",
        "namespaces.quotes={subscribe: any, history-size: 3000, slow-consumer: latest, conflation-key: of.symbol}",
        "namespaces.ticks={subscribe: any, ephemeral: true, slow-consumer: drop-oldest}"
    };

    /** Larger than what the kernel takes for a socket whose peer has a small buffer. */
    private static final int ROUNDS = 150;

    private static final int RECEIVE_BUFFER = 4096;
    private static final String PADDING = "x".repeat(8_000);

    private static List<TestNode> nodes;
    private static Carillon publisher;

    @BeforeAll
    static void start() {
        nodes = TestNode.cluster(2, SETTINGS);
        publisher = Carillon.connect(nodes.get(0).vertx());
    }

    @AfterAll
    static void stop() {
        nodes.forEach(TestNode::stop);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void channelsOfEveryPolicyShareASocketAndNothingIsMissedSilently(int index) throws IOException {
        TestNode node = nodes.get(index);
        String user = "mixed" + index;
        List<String> channels = List.of("newest:" + index, "quotes:" + index, "ticks:" + index, "strict:" + index);
        double dropped = dropped(node);
        double gaps = gaps(node);
        WsClient reading = WsClient.login(node, "reading-" + user, channels.toArray(String[]::new));
        try (RawSocket paused = RawSocket.login(node, user, RECEIVE_BUFFER, channels.toArray(String[]::new))) {
            for (int n = 1; n <= ROUNDS; n++) {
                publish("newest:" + index, new JsonObject().put("n", n).put("padding", PADDING));
                publish(
                        "quotes:" + index,
                        new JsonObject()
                                .put("n", n)
                                .put("of", new JsonObject().put("symbol", n % 4))
                                .put("padding", PADDING));
                publish("ticks:" + index, new JsonObject().put("n", n).put("padding", PADDING));
                if (n % 30 == 0) {
                    publish("strict:" + index, new JsonObject().put("n", n));
                }
            }
            reading.next(frame -> isMessage(frame, "strict:" + index, ROUNDS / 30), "the last");
            assertThat(node.meter("carillon_backlog_sockets")).isEqualTo(1);
            assertThat(node.meter("carillon_backlog_bytes")).isBetween(1.0, 65_536.0);

            Seen seen = new Seen(channels);
            while (!seen.isComplete(index)) {
                seen.take(paused.read());
            }
            assertThat(seen.of("newest:" + index).gaps()).isEqualTo(1);
            assertThat(seen.of("quotes:" + index).gaps()).isPositive();
            assertThat(seen.of("strict:" + index).gaps()).isZero();
            assertThat(seen.ticks).isEqualTo(ROUNDS);
            assertThat(node.meter("carillon_backlog_sockets")).isZero();
            assertThat(node.meter("carillon_backlog_bytes")).isZero();
            assertThat(gaps(node) - gaps).isEqualTo(seen.gaps());
            assertThat(dropped(node) - dropped).isEqualTo(seen.missed());

            fetchWhatWasMissed(paused, seen.firstGap);
            // Who has caught up is live again.
            publish("newest:" + index, new JsonObject().put("n", "live"));
            assertThat(paused.next("message").getLong("offset")).isEqualTo(ROUNDS + 1);
        }
        assertThat(reading.frames())
                .extracting(frame -> frame.getString("type"))
                .doesNotContain("gap");
        for (String channel : channels) {
            assertThat(reading.frames().stream().filter(frame -> isMessage(frame, channel)))
                    .hasSizeGreaterThanOrEqualTo(channel.startsWith("strict") ? ROUNDS / 30 : ROUNDS);
        }
        reading.close();
    }

    /** What the gap stands for is in the history, exactly, a page after the other. */
    private static void fetchWhatWasMissed(RawSocket socket, JsonObject gap) throws IOException {
        long first = gap.getLong("offset") - gap.getLong("missed");
        List<Long> fetched = new ArrayList<>();
        while (fetched.size() < gap.getLong("missed")) {
            long last = first + fetched.size();
            socket.text(new JsonObject()
                    .put("type", "history")
                    .put("id", 9 + last)
                    .put("channel", gap.getString("channel"))
                    .put("limit", gap.getLong("offset") - last)
                    .put(
                            "since",
                            new JsonObject()
                                    .put("epoch", gap.getString("epoch"))
                                    .put("offset", last))
                    .encode());
            JsonArray messages = socket.next("history").getJsonArray("messages");
            assertThat(messages).isNotEmpty();
            messages.forEach(message -> fetched.add(((JsonObject) message).getLong("offset")));
        }
        assertThat(fetched)
                .isEqualTo(LongStream.rangeClosed(first + 1, gap.getLong("offset"))
                        .boxed()
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whoIsClosedWith4004ReadsOnToItComesBackAndMissesNothing(int index) throws IOException {
        TestNode node = nodes.get(index);
        String channel = "strict:back" + index;
        Continuity seen = new Continuity(0);
        int published = 0;
        String epoch = "";
        try (RawSocket paused = RawSocket.login(node, "strict" + index, RECEIVE_BUFFER, channel)) {
            double before = closes(node);
            while (closes(node) == before && published < 5_000) {
                for (int i = 0; i < 10; i++) {
                    epoch = publish(
                            channel, new JsonObject().put("n", ++published).put("padding", PADDING.substring(6_000)));
                }
            }
            assertThat(closes(node)).isEqualTo(before + 1);
            assertThat(node.meter("carillon_backlog_sockets")).isZero();
            RawSocket.Frame frame = paused.read();
            while (frame.opcode() != RawSocket.CLOSE) {
                JsonObject message = new JsonObject(frame.text());
                if (message.getString("type").equals("message")) {
                    seen.message(message.getLong("offset"));
                }
                frame = paused.read();
            }
            assertThat(frame.closeCode()).isEqualTo(4004);
        }
        assertThat(seen.position()).isBetween(1L, published - 1L);

        JsonObject subscribed = recover(node, "strict" + index, channel, epoch, seen.position());
        assertThat(subscribed.getBoolean("recovered")).isTrue();
        subscribed.getJsonArray("messages").forEach(each -> seen.message(((JsonObject) each).getLong("offset")));
        assertThat(seen.position()).isEqualTo(published);
    }

    /** Each replay is within the limit of one; all together are not. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whoIsTooSlowForItsReplaysEndsWithinTheSameBound(int index) throws IOException {
        TestNode node = nodes.get(index);
        int channels = 20;
        JsonArray wanted = new JsonArray();
        for (int c = 0; c < channels; c++) {
            String epoch = "";
            for (int i = 0; i < 12; i++) {
                epoch = publish("strict:replay" + index + "." + c, new JsonObject().put("padding", PADDING));
            }
            wanted.add(new JsonObject()
                    .put("type", "subscribe")
                    .put("id", c + 2)
                    .put("channel", "strict:replay" + index + "." + c)
                    .put("epoch", epoch)
                    .put("offset", 0));
        }
        double before = closes(node);
        double alone = closesAlone(node);
        try (RawSocket paused = RawSocket.login(node, "replay" + index, RECEIVE_BUFFER)) {
            for (Object subscribe : wanted) {
                paused.text(subscribe.toString());
            }
            int received = 0;
            Until.holds(() -> closesAlone(node) == alone + 1, () -> "it was not closed");
            RawSocket.Frame frame = paused.read();
            while (frame.opcode() != RawSocket.CLOSE) {
                received += frame.payload().length;
                frame = paused.read();
            }
            assertThat(frame.closeCode()).isEqualTo(4004);
            assertThat(received).as("not all that was asked for").isLessThan(channels * 12 * PADDING.length());
        }
        assertThat(closes(node)).isEqualTo(before);
    }

    private static JsonObject recover(TestNode node, String user, String channel, String epoch, long offset) {
        WsClient back = WsClient.loginWith(
                node,
                node.token(user),
                new JsonArray()
                        .add(new JsonObject()
                                .put("channel", channel)
                                .put("epoch", epoch)
                                .put("offset", offset)));
        JsonObject subscribed = back.frames().get(0).getJsonArray("subscriptions").stream()
                .map(JsonObject.class::cast)
                .filter(each -> each.getString("channel").equals(channel))
                .findFirst()
                .orElseThrow();
        back.close();
        return subscribed;
    }

    @CanIgnoreReturnValue
    private static String publish(String channel, JsonObject data) {
        Ack ack = ClusterMember.await(publisher.publish(channel, data));
        assertThat(ack.duplicate()).isFalse();
        return ack.position().epoch();
    }

    private static boolean isMessage(JsonObject frame, String channel, long offset) {
        return isMessage(frame, channel) && frame.getLong("offset") == offset;
    }

    private static boolean isMessage(JsonObject frame, String channel) {
        return "message".equals(frame.getString("type")) && channel.equals(frame.getString("channel"));
    }

    private static double closes(TestNode node) {
        return node.meter("carillon_slow_closes_total{namespace=\"strict\",policy=\"close\"}");
    }

    private static double closesAlone(TestNode node) {
        return node.meter("carillon_slow_closes_total{namespace=\"none\",policy=\"close\"}");
    }

    private static double dropped(TestNode node) {
        return sum(node, "carillon_slow_dropped_total");
    }

    private static double gaps(TestNode node) {
        return sum(node, "carillon_slow_gaps_total");
    }

    private static double sum(TestNode node, String meter) {
        return node.meter(meter + "{namespace=\"newest\",policy=\"drop-oldest\"}")
                + node.meter(meter + "{namespace=\"quotes\",policy=\"latest\"}")
                + node.meter(meter + "{namespace=\"ticks\",policy=\"drop-oldest\"}");
    }

    /** What one socket saw of all its channels. */
    private static final class Seen {
        private final Map<String, Continuity> channels = new HashMap<>();
        private final List<Long> missedTicks = new ArrayList<>();
        private long ticks;
        private JsonObject firstGap = new JsonObject();

        Seen(List<String> names) {
            names.forEach(name -> channels.put(name, new Continuity(0)));
        }

        Continuity of(String channel) {
            return channels.get(channel);
        }

        void take(RawSocket.Frame frame) {
            JsonObject json = new JsonObject(frame.text());
            String channel = json.getString("channel", "");
            switch (json.getString("type")) {
                case "message" -> {
                    if (channel.startsWith("ticks")) {
                        assertThat(json.getJsonObject("data").getLong("n")).isEqualTo(++ticks);
                    } else {
                        of(channel).message(json.getLong("offset"));
                    }
                }
                case "gap" -> gap(channel, json);
                default -> assertThat(json.getString("type")).isEqualTo("ping");
            }
        }

        private void gap(String channel, JsonObject json) {
            if (channel.startsWith("ticks")) {
                assertThat(json.fieldNames()).containsExactlyInAnyOrder("type", "channel", "missed");
                ticks += json.getLong("missed");
                missedTicks.add(json.getLong("missed"));
            } else {
                of(channel).gap(json.getLong("missed"), json.getLong("offset"));
                firstGap = firstGap.isEmpty() ? json : firstGap;
            }
        }

        boolean isComplete(int index) {
            return of("newest:" + index).position() == ROUNDS
                    && of("quotes:" + index).position() == ROUNDS
                    && of("strict:" + index).position() == ROUNDS / 30
                    && ticks == ROUNDS;
        }

        long gaps() {
            return channels.values().stream().mapToLong(Continuity::gaps).sum() + missedTicks.size();
        }

        long missed() {
            return channels.values().stream().mapToLong(Continuity::missed).sum()
                    + missedTicks.stream().mapToLong(Long::longValue).sum();
        }
    }
}
