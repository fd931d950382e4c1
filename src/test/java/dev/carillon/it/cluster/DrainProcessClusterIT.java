package dev.carillon.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.MovingClient;
import dev.carillon.testing.NodeProcess;
import dev.carillon.testing.NumberPublisher;
import dev.carillon.testing.ProcessCluster;
import dev.carillon.testing.Until;
import dev.carillon.testing.WsClient;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Nodes as separate processes that leave while their clients are there. A user counts as gone at once, so that a moment
 * without a connection would be seen.
 */
class DrainProcessClusterIT {
    /** How many clients; a measurement has more. */
    private static final int CLIENTS = Integer.getInteger("carillon.drain.clients", 60);

    private static final int PER_SECOND = Integer.getInteger("carillon.drain.per-second", 20);

    private static final List<String> CHANNELS = List.of("lobby:a", "lobby:b", "feed:a", "feed:b");

    /** Clients whose joins and leaves are looked at; each hears those of its channel. */
    private static final int IN_LOBBY = 30;

    private static ProcessCluster cluster;
    private static ExecutorService movers;

    @BeforeAll
    static void start() {
        cluster = ProcessCluster.start(
                3,
                "presence.grace=0s",
                "drain.per-second=" + PER_SECOND,
                // Long enough for a machine that is busy with other tests.
                "drain.within=30s",
                "drain.timeout=90s");
        movers = Executors.newFixedThreadPool(16);
    }

    @AfterAll
    static void stop() {
        movers.shutdownNow();
        cluster.close();
    }

    @Test
    void aRollingRestartLosesNothingDoublesNothingAndNobodyGoesOffline() throws Exception {
        List<MovingClient> clients = new ArrayList<>();
        MovingClient watcher = client(0, "watcher", List.of("online"));
        for (int i = 0; i < CLIENTS; i++) {
            String channel = i < IN_LOBBY ? CHANNELS.get(i % 2) : CHANNELS.get(2 + i % 2);
            clients.add(client(i % 3, "user" + i, List.of(channel)));
        }
        for (int i = 0; i < 5; i++) {
            // As many as one user may have, so that there is no room but that of the leaving ones.
            clients.add(client(i % 2, "crowd", List.of("feed:a")));
        }
        List<NumberPublisher> publishers = CHANNELS.stream()
                .map(channel -> new NumberPublisher(channel, client(0, "publisher-" + channel, List.of())))
                .toList();

        long begun = System.nanoTime();
        for (int i = 0; i < 3; i++) {
            int there = cluster.api(cluster.node(i), "info", new JsonObject()).getInteger("connections");
            long before = System.nanoTime();
            NodeProcess back = cluster.restart(i);
            tell(
                    "node " + i,
                    "with " + there + " clients, ended and back as " + back.id() + " after " + millisSince(before)
                            + " ms");
            assertThat(spreadMillis(clients, before)).isGreaterThan((there - 10) * 1000L / PER_SECOND * 6 / 10);
        }
        tell("rolling restart", "with " + (clients.size() + 5) + " clients after " + millisSince(begun) + " ms");

        Map<String, Long> last = new HashMap<>();
        for (NumberPublisher publisher : publishers) {
            last.put(publisher.channel(), publisher.finish());
            tell(
                    publisher.channel(),
                    last.get(publisher.channel()) + " published, " + publisher.repeated() + " repeats");
        }
        for (MovingClient client : clients) {
            for (String channel : CHANNELS) {
                if (client.channels().contains(channel)) {
                    Until.holds(
                            () -> client.offset(channel) >= last.get(channel),
                            () -> client.user() + " is at " + client.offset(channel) + " of " + last.get(channel));
                    int published = last.get(channel).intValue();
                    assertThat(client.data(channel))
                            .isEqualTo(IntStream.range(0, published).boxed().toList());
                }
            }
            assertThat(client.faults()).isEmpty();
            assertThat(client.moves()).as(client.user()).isPositive();
        }
        assertThat(watcher.faults()).isEmpty();
        WsClient marker = cluster.login(cluster.node(0), "marker");
        Until.holds(() -> announced(watcher, "user_online").contains("marker"), () -> "no marker");
        assertThat(announced(watcher, "user_offline")).isEmpty();
        assertThat(announced(watcher, "user_online")).doesNotHaveDuplicates();
        for (String channel : CHANNELS.subList(0, 2)) {
            assertNobodyIsEverGone(channel, clients.subList(0, IN_LOBBY));
        }
        marker.close();
        watcher.close();
        clients.forEach(MovingClient::close);
        publishers.forEach(NumberPublisher::close);
    }

    @Test
    void clientsThatDoNotReactAreClosedAndTheNodeEndsWithinItsTime() {
        NodeProcess leaving = cluster.join();
        List<WsClient> deaf = IntStream.range(0, 10)
                .mapToObj(i -> cluster.login(leaving, "deaf" + i, "feed:deaf"))
                .toList();
        JsonObject marker = new JsonObject().put("channel", "feed:deaf").put("data", "marker");

        long begun = System.nanoTime();
        cluster.release(leaving).terminate();
        leaving.awaitLine(line -> line.contains("draining 10 clients"), "that it drains");
        cluster.api(cluster.node(0), "publish", marker);

        for (WsClient client : deaf) {
            assertThat(client.next("reconnect").getString("url")).startsWith("http://127.0.0.1:");
            Until.holds(
                    () -> client.frames().stream().anyMatch(frame -> "marker".equals(frame.getValue("data"))),
                    () -> "a client that stays is served no more: " + client.frames());
        }
        Until.holds(() -> !leaving.isAlive(), () -> "does not end: " + leaving);
        assertThat(leaving.awaitExit()).as(leaving.toString()).isZero();
        assertThat(millisSince(begun)).isBetween(30_000L, 90_000L);
        deaf.forEach(client -> assertThat(client.closeCode()).isEqualTo(4010));
        assertThat(leaving.complaintsSince("is leaving")).as(leaving.toString()).isEmpty();
        for (int i = 0; i < 10; i++) {
            JsonObject user = cluster.api(cluster.node(0), "users/deaf" + i, new JsonObject());
            assertThat(user.getJsonArray("sessions")).isEmpty();
        }
        cluster.awaitWhole();
    }

    @Test
    void aSecondSignalEndsTheNodeAtOnce() {
        NodeProcess leaving = cluster.join();
        WsClient client = cluster.login(leaving, "patient");
        cluster.release(leaving).terminate();
        client.next("reconnect");

        leaving.terminate();

        assertThat(leaving.awaitExit()).as(leaving.toString()).isEqualTo(143);
        cluster.awaitWhole();
    }

    private static MovingClient client(int node, String user, List<String> channels) {
        return new MovingClient(
                cluster.vertx(),
                cluster.node(node).port(),
                user,
                cluster.token(user),
                channels,
                cluster::httpPorts,
                movers);
    }

    private static List<String> announced(MovingClient watcher, String type) {
        return watcher.data("online").stream()
                .map(JsonObject.class::cast)
                .filter(data -> type.equals(data.getString("type")))
                .map(data -> data.getString("user_id"))
                .toList();
    }

    /** Time between the first and the last client's being asked to move since a moment. */
    private static long spreadMillis(List<MovingClient> clients, long sinceNanos) {
        long[] asked = clients.stream()
                .flatMap(client -> client.askedNanos().stream())
                .mapToLong(Long::longValue)
                .filter(nanos -> nanos >= sinceNanos)
                .sorted()
                .toArray();
        return asked.length == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(asked[asked.length - 1] - asked[0]);
    }

    /** What all saw together is what happened, in the order of versions. */
    private static void assertNobodyIsEverGone(String channel, List<MovingClient> clients) {
        TreeMap<Long, JsonObject> changes = new TreeMap<>();
        clients.stream()
                .flatMap(client -> client.changes().stream())
                .filter(change -> channel.equals(change.getString("channel")))
                .forEach(change -> changes.put(change.getLong("version"), change));
        assertThat(changes.keySet())
                .containsExactlyElementsOf(LongStream.rangeClosed(changes.firstKey(), changes.lastKey())
                        .boxed()
                        .toList());
        Map<String, Integer> sessions = new HashMap<>();
        int leaves = 0;
        for (JsonObject change : changes.values()) {
            boolean joined = "join".equals(change.getString("type"));
            leaves += joined ? 0 : 1;
            assertThat(sessions.merge(change.getString("user_id"), joined ? 1 : -1, Integer::sum))
                    .as("sessions on %s after %s", channel, change)
                    .isPositive();
        }
        assertThat(leaves).isGreaterThanOrEqualTo(IN_LOBBY / 2);
    }

    /** Into the test's report, where a measurement is read. */
    private static void tell(String what, String figures) {
        System.out.println(what + ": " + figures);
    }

    private static long millisSince(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos).toMillis();
    }
}
