package dev.carillon.testing.netlab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The network of the tests does to packets what it is told to, and nothing else. */
class NetLabIT {
    private static final int HOSTS = 3;
    private static final int PATIENCE_MS = 10_000;
    private static final List<Process> RELAYS = new ArrayList<>();

    private static NetLab lab;
    private static DatagramSocket client;

    @BeforeAll
    static void open() throws IOException {
        lab = NetLab.open(HOSTS, 1);
        client = clientOf(lab);
        for (int host = 0; host < HOSTS; host++) {
            RELAYS.add(relay(lab, host));
        }
    }

    private static DatagramSocket clientOf(NetLab network) throws IOException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(network.address(NetLab.CLIENTS), 0));
        socket.setSoTimeout(PATIENCE_MS);
        return socket;
    }

    private static Process relay(NetLab network, int host) throws IOException {
        List<String> command = new ArrayList<>(network.prefix(host));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Path.of("target/test-classes").toAbsolutePath().toString(),
                Relay.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        assertThat(process.inputReader().readLine()).isEqualTo("listening");
        return process;
    }

    @AfterAll
    static void close() {
        RELAYS.forEach(Process::destroyForcibly);
        if (lab != null) {
            client.close();
            lab.close();
        }
    }

    @AfterEach
    void heal() {
        lab.heal();
    }

    @Test
    void eachReachesEachOther() throws IOException {
        for (int from = 0; from < HOSTS; from++) {
            for (int to = 0; to < HOSTS; to++) {
                send(lab, client, "from " + from + " to " + to, from, to);
                assertThat(receive(client)).isEqualTo("from " + from + " to " + to);
            }
        }
    }

    @Test
    void aCutHoldsInItsDirectionOnlyAndUntilItIsHealed() throws IOException {
        lab.cutOneWay(0, 1);
        send(lab, client, "over the cut", 0, 1);
        send(lab, client, "the way back", 1, 0);
        assertThat(receive(client)).isEqualTo("the way back");
        send(lab, client, "around it", 0, 2, 1);
        assertThat(receive(client)).isEqualTo("around it");

        lab.heal();
        send(lab, client, "after it", 0, 1);
        assertThat(receive(client)).as("what was dropped stays lost").isEqualTo("after it");
    }

    @Test
    void aNodeCutFromItsClientsStillReachesTheOthers() throws IOException {
        lab.cut(1, NetLab.CLIENTS);
        send(lab, client, "cut", 1);
        send(lab, client, "by another", 0, 1, 2);
        assertThat(receive(client)).isEqualTo("by another");
    }

    @Test
    void theShareAskedForIsLostAndTheSameWithTheSameSeed() throws IOException {
        List<String> first = survivorsOfLoss(7);
        assertThat(first).hasSizeBetween(640, 760);
        assertThat(survivorsOfLoss(7)).isEqualTo(first);
    }

    private static List<String> survivorsOfLoss(long seed) throws IOException {
        try (NetLab network = NetLab.open(2, seed);
                DatagramSocket from = clientOf(network)) {
            Process zero = relay(network, 0);
            Process one = relay(network, 1);
            List<String> arrived = survivorsOfLoss(network, from);
            zero.destroyForcibly();
            one.destroyForcibly();
            return arrived;
        }
    }

    /**
     * What comes through of a thousand packets when 30 % are lost. The next one leaves only when this one has met its fate:
     * packets that are under way together may overtake one another, and another one would be lost.
     */
    private static List<String> survivorsOfLoss(NetLab network, DatagramSocket from) throws IOException {
        // The hosts ask who is where before their first packets.
        send(network, from, "first", 0, 1);
        assertThat(receive(from)).isEqualTo("first");
        send(network, from, "first", 0);
        assertThat(receive(from)).isEqualTo("first");
        network.loss(30);
        List<String> arrived = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            send(network, from, "" + i, 0, 1);
            // By a way without loss, behind the one that went to the lossy way.
            send(network, from, "fate", 0);
            for (String text = receive(from); !text.equals("fate"); text = receive(from)) {
                arrived.add(text);
            }
        }
        network.heal();
        send(network, from, "end", 0, 1);
        for (String text = receive(from); !text.equals("end"); text = receive(from)) {
            arrived.add(text);
        }
        return arrived.stream().sorted().toList();
    }

    @Test
    void delayedPacketsComeLateAndInOrder() throws IOException {
        lab.delay(100, 50);
        long start = System.nanoTime();
        for (int i = 0; i < 200; i++) {
            send(lab, client, "" + i, 0, 1);
        }
        List<String> arrived = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            arrived.add(receive(client));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        assertThat(arrived)
                .containsExactlyElementsOf(
                        IntStream.range(0, 200).mapToObj(Integer::toString).toList());
    }

    @Test
    void whatIsUnderWayWhenAWayIsCutIsLost() throws IOException {
        lab.delay(PATIENCE_MS, 0);
        send(lab, client, "under way", 0, 1);
        send(lab, client, "marker", 0);
        assertThat(receive(client)).isEqualTo("marker");
        lab.cutOneWay(0, 1);
        lab.heal();
        send(lab, client, "end", 0, 1);
        assertThat(receive(client)).isEqualTo("end");
        assertThat(lab.traffic(0, 1).waiting()).isZero();
    }

    private static void send(NetLab network, DatagramSocket from, String text, int... hosts) throws IOException {
        StringBuilder way = new StringBuilder();
        for (int i = 1; i < hosts.length; i++) {
            way.append(network.address(hosts[i])).append(':').append(Relay.PORT).append(' ');
        }
        way.append(network.address(NetLab.CLIENTS)).append(':').append(from.getLocalPort());
        byte[] bytes = (way + " " + text).getBytes(StandardCharsets.US_ASCII);
        from.send(
                new DatagramPacket(bytes, bytes.length, InetAddress.getByName(network.address(hosts[0])), Relay.PORT));
    }

    private static String receive(DatagramSocket at) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[1400], 1400);
        try {
            at.receive(packet);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("nothing arrived", e);
        }
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
    }
}
