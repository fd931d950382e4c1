package dev.carillon.it.cluster;

import static dev.carillon.testing.Heard.announced;
import static dev.carillon.testing.Heard.announcements;
import static dev.carillon.testing.Heard.change;
import static dev.carillon.testing.Heard.dataUntil;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.auth.TokenSigner;
import dev.carillon.config.SettingsLoader;
import dev.carillon.config.SettingsSources;
import dev.carillon.it.chaos.nodes.LabGround;
import dev.carillon.it.chaos.nodes.NodeSet.Address;
import dev.carillon.it.chaos.nodes.ProcessNodes;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.TestNode;
import dev.carillon.testing.Until;
import dev.carillon.testing.WsClient;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Connections whose packets vanish, so that neither end is told: a laptop that was closed, a lift, a lost router. */
class HalfOpenClusterIT {
    private static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final Duration GRACE = Duration.ofSeconds(1);

    /** What a busy machine may add. */
    private static final Duration SLACK = Duration.ofSeconds(15);

    private static final String ROOM = "lobby:half-open";

    private static LabGround ground;
    private static ProcessNodes nodes;
    private static Vertx vertx;
    private static TokenSigner signer;

    @BeforeAll
    static void start() {
        ground = new LabGround(2, 1);
        nodes = new ProcessNodes(
                ground,
                List.of("heartbeat.interval=2s", "heartbeat.timeout=1s", "presence.grace=1s"),
                Path.of("target/chaos/half-open"),
                List.of());
        nodes.startAll();
        vertx = Vertx.vertx();
        signer = new TokenSigner(
                vertx,
                SettingsLoader.load(new SettingsSources(
                                true, null, Map.of(), List.of("auth.secret=" + TestNode.SECRET), Path.of("target")))
                        .auth(),
                InstantSource.system());
    }

    @AfterAll
    static void stop() {
        if (nodes != null) {
            nodes.close();
        }
        if (vertx != null) {
            ClusterMember.await(vertx.close());
        }
    }

    @AfterEach
    void heal() {
        ground.lab().heal();
    }

    @Test
    void theyAreFoundInTimeAndTheirUsersLeaveOnce() {
        WsClient watcher = login(1, "watcher", ROOM, "online");
        List<String> users = IntStream.range(0, 20).mapToObj(i -> "gone" + i).toList();
        List<WsClient> gone = users.stream().map(user -> login(0, user, ROOM)).toList();
        WsClient stays = login(0, "stays", ROOM);
        change(watcher, "join", "stays");
        double before = open();

        gone.forEach(client -> ground.lab().mute(port(client)));
        long muted = System.nanoTime();
        users.forEach(user -> leaves(watcher, user));
        assertThat(since(muted)).isLessThan(INTERVAL.plus(TIMEOUT).plus(SLACK));
        users.forEach(user -> Until.holds(
                () -> announcements(watcher, user).contains("user_offline"),
                () -> "no user_offline of " + user + " in " + watcher.frames()));
        assertThat(since(muted))
                .isBetween(GRACE, INTERVAL.plus(TIMEOUT).plus(GRACE).plus(SLACK));

        WsClient marker = login(1, "marker", ROOM);
        announced(watcher, "user_online", "marker");
        for (String user : users) {
            assertThat(count(watcher, "leave", user)).as("leaves of %s", user).isEqualTo(1);
            assertThat(announcements(watcher, user)).containsExactly("user_online", "user_offline");
        }
        JsonObject presence = nodes.api(0, "presence/stats", new JsonObject().put("channel", ROOM));
        assertThat(presence.getInteger("users")).as("watcher, stays and marker").isEqualTo(3);
        assertThat(stays.publish(3, ROOM, "here").getString("type")).isEqualTo("ack");
        // The sockets are gone as well, though their ends were never told.
        Until.holds(() -> open() == before - users.size(), () -> before + " connections became " + open());
        List.of(watcher, stays, marker).forEach(WsClient::close);
    }

    @Test
    void whoIsBackBeforeTheGraceEndsIsNotAnnouncedAsGone() {
        WsClient watcher = login(1, "watcher2", ROOM, "online");
        WsClient lost = login(0, "mover", ROOM);
        change(watcher, "join", "mover");

        ground.lab().mute(port(lost));
        WsClient back = login(1, "mover", ROOM);
        leaves(watcher, "mover");
        WsClient marker = login(1, "marker2", ROOM);
        announced(watcher, "user_online", "marker2");
        marker.close();
        // By the time that the marker's grace has ended, the mover's would have.
        announced(watcher, "user_offline", "marker2");

        assertThat(announcements(watcher, "mover")).containsExactly("user_online");
        assertThat(count(watcher, "leave", "mover")).isEqualTo(1);
        assertThat(back.publish(3, ROOM, "back").getString("type")).isEqualTo("ack");
        List.of(watcher, back).forEach(WsClient::close);
    }

    @Test
    void nothingElseWaitsForThemAndTheirEndIsToldOnceTheyHearAgain() {
        WsClient stays = login(0, "reader", ROOM);
        WsClient lost = login(0, "deaf", ROOM);
        change(stays, "join", "deaf");

        ground.lab().mute(port(lost));
        String text = "x".repeat(1000);
        for (int i = 0; i < 100; i++) {
            nodes.api(1, "publish", new JsonObject().put("channel", ROOM).put("data", i + text));
        }
        assertThat(dataUntil(stays, ROOM, 99 + text)).hasSize(100);
        leaves(stays, "deaf");

        ground.lab().heal();
        assertThat(lost.closeCode()).isIn(4005, 1006);
        stays.close();
    }

    private static WsClient login(int place, String user, String... channels) {
        Address node = nodes.address(place);
        JsonArray subscribe = new JsonArray();
        List.of(channels).forEach(channel -> subscribe.add(new JsonObject().put("channel", channel)));
        String token = signer.access(user, new JsonObject(), Duration.ofMinutes(10));
        return WsClient.login(vertx, node.host(), node.port(), token, subscribe);
    }

    private static int port(WsClient client) {
        return client.socket().localAddress().port();
    }

    private static void leaves(WsClient watcher, String user) {
        Until.holds(() -> count(watcher, "leave", user) > 0, () -> "no leave of " + user + " in " + watcher.frames());
    }

    private static long count(WsClient watcher, String type, String user) {
        return watcher.frames().stream()
                .filter(frame -> type.equals(frame.getString("type")) && user.equals(frame.getString("user_id")))
                .count();
    }

    /** Connections that node 0 believes to have. */
    private static double open() {
        return nodes.get(0, "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("carillon_connections{transport=\"websocket\"}"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
