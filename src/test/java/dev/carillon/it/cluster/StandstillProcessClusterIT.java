package dev.carillon.it.cluster;

import static dev.carillon.testing.Heard.dataUntil;

import dev.carillon.testing.NodeProcess;
import dev.carillon.testing.ProcessCluster;
import dev.carillon.testing.Until;
import dev.carillon.testing.WsClient;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The whole machine stands still, as one does that is moved or out of memory: every node doubts, and none is to blame. */
class StandstillProcessClusterIT {
    /** Longer than what makes a node doubt, shorter than what makes it give others up. */
    private static final long STANDSTILL_NANOS = TimeUnit.MILLISECONDS.toNanos(5_600);

    private static final String ROOM = "lobby:standstill";

    @Test
    void nodesThatAllStoodStillKnowOneAnotherAndServeAgain() {
        try (ProcessCluster cluster = ProcessCluster.start(3)) {
            WsClient client = cluster.login(cluster.node(2), "ann", ROOM);
            cluster.nodes().forEach(NodeProcess::pause);
            long until = System.nanoTime() + STANDSTILL_NANOS;
            Until.holds(() -> System.nanoTime() > until, () -> "time stands still");
            cluster.nodes().forEach(NodeProcess::resume);

            cluster.nodes()
                    .forEach(node -> node.awaitLine(line -> line.contains("stood still for"), "that it stood still"));
            cluster.nodes()
                    .forEach(node ->
                            node.awaitLine(line -> line.contains("the cluster knows this node"), "that it serves"));

            var unused = cluster.api(
                    cluster.node(0),
                    "publish",
                    new JsonObject().put("channel", ROOM).put("data", "again"));
            dataUntil(client, ROOM, "again");
        }
    }
}
