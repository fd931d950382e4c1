package dev.carillon.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.MovingClient;
import dev.carillon.testing.NodeProcess;
import dev.carillon.testing.NumberPublisher;
import dev.carillon.testing.ProcessCluster;
import dev.carillon.testing.Until;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A fourth node joins a loaded cluster of three. */
class GrowProcessClusterIT {
    private static final int CLIENTS = 90;
    private static final int PER_SECOND = 20;
    private static final List<String> CHANNELS = List.of("lobby:a", "lobby:b", "feed:a");

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static ProcessCluster cluster;
    private static final ExecutorService MOVERS = Executors.newFixedThreadPool(16);

    @BeforeAll
    static void start() {
        cluster = ProcessCluster.start(
                3,
                "rebalance.enabled=true",
                "rebalance.at-least=6",
                "rebalance.settle=3s",
                "rebalance.per-second=" + PER_SECOND,
                // Long enough for a machine that is busy with other tests.
                "rebalance.within=60s");
    }

    @AfterAll
    static void stop() {
        MOVERS.shutdownNow();
        cluster.close();
    }

    @Test
    void aFourthNodeTakesItsShareOfDataAndOfClientsAndNothingIsLost() throws Exception {
        List<MovingClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(client(i % 3, "user" + i, List.of(CHANNELS.get(i % CHANNELS.size()))));
        }
        List<NumberPublisher> publishers = new ArrayList<>();
        for (String channel : CHANNELS) {
            publishers.add(new NumberPublisher(channel, client(0, "publisher-" + channel, List.of())));
        }

        NodeProcess fourth = cluster.join();

        fourth.awaitReady();
        Until.holds(() -> owned(fourth) >= 60, () -> owned(fourth) + " partitions");
        assertThat(cluster.nodes()).allSatisfy(node -> assertThat(owned(node)).isBetween(60, 75));
        // A quarter is 23: those above 29 of the mean ask, until they are near it.
        Until.holds(() -> connections(fourth) >= CLIENTS / 4 - 6, GrowProcessClusterIT::counts);
        Until.holds(
                () -> cluster.nodes().stream().allMatch(node -> Math.abs(connections(node) - CLIENTS / 4) <= 7),
                GrowProcessClusterIT::counts);
        System.out.println("connections: " + counts());

        Map<String, Long> last = new HashMap<>();
        for (NumberPublisher publisher : publishers) {
            last.put(publisher.channel(), publisher.finish());
        }
        for (MovingClient client : clients) {
            String channel = client.channels().get(0);
            Until.holds(
                    () -> client.offset(channel) >= last.get(channel),
                    () -> client.user() + " is at " + client.offset(channel) + " of " + last.get(channel));
            assertThat(client.data(channel))
                    .isEqualTo(IntStream.range(0, last.get(channel).intValue())
                            .boxed()
                            .toList());
            assertThat(client.faults()).isEmpty();
            assertThat(client.moves()).as("nobody goes to and fro").isLessThanOrEqualTo(1);
        }
        assertThat(clients.stream().filter(client -> client.moves() == 1)).hasSizeBetween(12, 40);
        clients.forEach(MovingClient::close);
        publishers.forEach(NumberPublisher::close);
    }

    private static MovingClient client(int node, String user, List<String> channels) {
        return new MovingClient(
                cluster.vertx(),
                cluster.node(node).port(),
                user,
                cluster.token(user),
                channels,
                cluster::httpPorts,
                MOVERS);
    }

    private static int connections(NodeProcess node) {
        return cluster.api(node, "info", new JsonObject()).getInteger("connections");
    }

    private static String counts() {
        return cluster.nodes().stream()
                .map(GrowProcessClusterIT::connections)
                .toList()
                .toString();
    }

    private static int owned(NodeProcess node) {
        try {
            String metrics = HTTP.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + "/metrics"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            return metrics.lines()
                    .filter(line -> line.startsWith("carillon_partitions_owned "))
                    .mapToInt(line -> (int) Double.parseDouble(line.split(" ", -1)[1]))
                    .findFirst()
                    .orElse(-1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
