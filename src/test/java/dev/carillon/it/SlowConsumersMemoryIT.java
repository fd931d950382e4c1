package dev.carillon.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.bus.Carillon;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.RawSocket;
import dev.carillon.testing.TestNode;
import dev.carillon.testing.Until;
import dev.carillon.testing.WsClient;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What hundreds of sockets that do not read cost a node, each with a channel of its own, so that they share nothing. */
@Timeout(180)
class SlowConsumersMemoryIT {
    private static final int SOCKETS = 200;
    private static final int MAX_QUEUED = 128 * 1024;
    private static final int MESSAGES = 120;
    private static final String PADDING = "x".repeat(8_000);

    /** For what the node, the clients and the test itself do meanwhile; a third of what all messages together weigh. */
    private static final long SLACK = SOCKETS * MESSAGES * 8_000L / 3;

    private final TestNode node = TestNode.start(
            "limits.max-queued-bytes=" + MAX_QUEUED,
            // They answer no pings.
            "heartbeat.timeout=5m",
            "namespaces.newest={subscribe: any, ephemeral: true, slow-consumer: drop-oldest}",
            "namespaces.strict={subscribe: any, ephemeral: true}");
    private final Carillon publisher = Carillon.connect(node.vertx());
    private final List<RawSocket> stalled = new ArrayList<>();

    @AfterEach
    void stop() throws IOException {
        for (RawSocket socket : stalled) {
            socket.close();
        }
        node.stop();
    }

    @Test
    void whoStaysCostsItsBoundAndNoMore() throws IOException {
        stall("newest");
        long heap = heap();
        long direct = PlatformDependent.usedDirectMemory();
        flood("newest");

        assertThat(node.meter("carillon_backlog_sockets")).isEqualTo(SOCKETS);
        double waiting = node.meter("carillon_backlog_bytes");
        assertThat(waiting).isBetween(SOCKETS * MAX_QUEUED * 0.4, SOCKETS * MAX_QUEUED * 0.5);
        assertThat(heap() - heap).as("heap").isLessThan((long) (waiting * 1.4));
        assertThat(direct).as("Netty counts its direct memory").isNotNegative();
        assertThat(PlatformDependent.usedDirectMemory() - direct)
                .as("direct memory")
                .isLessThan(SOCKETS * MAX_QUEUED / 2L + SLACK);

        for (RawSocket socket : stalled) {
            socket.close();
        }
        Until.holds(() -> node.meter("carillon_connections{transport=\"websocket\"}") == 0, () -> "sockets remain");
        assertThat(node.meter("carillon_backlog_sockets")).isZero();
        assertThat(node.meter("carillon_backlog_bytes")).isZero();
        assertThat(heap() - heap).as("heap afterwards").isLessThan(SLACK / 2);
    }

    @Test
    void whoIsClosedCostsNothingTwoSecondsLaterThoughItNeverReads() throws IOException {
        stall("strict");
        long heap = heap();
        WsClient reading = WsClient.login(node, "reading", "strict:0");
        flood("strict");

        Until.holds(
                () -> node.meter("carillon_connections{transport=\"websocket\"}") == 1,
                () -> "sockets remain that nobody reads");
        assertThat(node.meter("carillon_slow_closes_total{namespace=\"strict\",policy=\"close\"}"))
                .isEqualTo(SOCKETS);
        assertThat(node.meter("carillon_backlog_bytes")).isZero();
        reading.next(
                frame -> "message".equals(frame.getString("type"))
                        && frame.getJsonObject("data").getInteger("n") == MESSAGES,
                "the last message");
        assertThat(reading.frames().stream().filter(frame -> "message".equals(frame.getString("type"))))
                .hasSize(MESSAGES);
        reading.close();
        assertThat(heap() - heap).as("heap afterwards").isLessThan(SLACK);
    }

    private void stall(String namespace) throws IOException {
        for (int i = 0; i < SOCKETS; i++) {
            stalled.add(RawSocket.login(node, "user" + i, 4096, namespace + ":" + i));
        }
    }

    /** All at once would be more than the event bus is for. */
    private void flood(String namespace) {
        for (int n = 1; n <= MESSAGES; n++) {
            JsonObject data = new JsonObject().put("n", n).put("padding", PADDING);
            List<Future<?>> published = new ArrayList<>();
            for (int i = 0; i < SOCKETS; i++) {
                published.add(publisher.publish(namespace + ":" + i, data));
            }
            assertThat(ClusterMember.await(Future.all(published)).succeeded()).isTrue();
        }
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
