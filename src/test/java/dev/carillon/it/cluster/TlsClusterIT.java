package dev.carillon.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.bus.Carillon;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.FreePort;
import dev.carillon.testing.TestNode;
import io.vertx.core.Future;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes with certificates that scripts/test-ca made, for clients and for each other. */
@Timeout(90)
class TlsClusterIT {
    @TempDir
    static Path ca;

    private static final List<TestNode> nodes = new ArrayList<>();
    private static int busPort;

    @BeforeAll
    static void start() throws Exception {
        make("node1", "node2");
        String name = "cluster.name=tls-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
        List<String> members = new ArrayList<>();
        for (String node : List.of("node1", "node2")) {
            int port = FreePort.find();
            members.add("127.0.0.1:" + port);
            busPort = FreePort.find();
            nodes.add(TestNode.start(
                    name,
                    "cluster.port=" + port,
                    "cluster.members=" + String.join(",", members),
                    "bus.port=" + busPort,
                    "tls.certificate=" + ca.resolve(node + ".pem"),
                    "tls.key=" + ca.resolve(node + "-key.pem"),
                    "tls.reload=100ms",
                    "tls.bus-certificate=" + ca.resolve(node + ".pem"),
                    "tls.bus-key=" + ca.resolve(node + "-key.pem"),
                    "tls.bus-ca=" + ca.resolve("ca.pem")));
        }
    }

    @AfterAll
    static void stop() {
        nodes.forEach(TestNode::stop);
    }

    private static void make(String... names) throws Exception {
        List<String> command = new ArrayList<>(List.of("scripts/test-ca", ca.toString()));
        command.addAll(List.of(names));
        Process made = new ProcessBuilder(command).inheritIO().start();
        assertThat(made.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(made.exitValue()).isZero();
    }

    @Test
    void aMessageGoesFromOneNodeToAClientOfTheOtherByTlsAllTheWay() throws Exception {
        BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
        WebSocket socket = open(nodes.get(1), frames);
        socket.writeTextMessage(new JsonObject()
                .put("type", "auth")
                .put("token", nodes.get(1).token("ann"))
                .put("subscribe", new JsonArray().add(new JsonObject().put("channel", "lobby:tls")))
                .encode());
        assertThat(next(frames, "auth_success")).isNotNull();

        ClusterMember.await(Carillon.connect(nodes.get(0).vertx()).publish("lobby:tls", "sealed"));

        assertThat(next(frames, "message").getString("data")).isEqualTo("sealed");
        ClusterMember.await(socket.close());
    }

    @Test
    void whoHasNoCertificateOfTheNodesIsNotHeardOnTheBus() throws Exception {
        try (SSLSocket stranger = socket(busPort)) {
            // With TLS 1.3 the refusal of what the client did not show comes with the first read.
            assertThatThrownBy(() -> {
                        stranger.startHandshake();
                        stranger.getOutputStream().write(new byte[] {0, 0, 0, 1});
                        int read = stranger.getInputStream().read();
                        if (read < 0) {
                            throw new IOException("closed");
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aReplacedCertificateIsShownToNewConnectionsAndTheOldOnesGoOn() throws Exception {
        TestNode node = nodes.get(0);
        BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
        WebSocket socket = open(node, frames);
        socket.writeTextMessage(new JsonObject()
                .put("type", "auth")
                .put("token", node.token("bob"))
                .encode());
        assertThat(next(frames, "auth_success")).isNotNull();
        BigInteger before = shown(node);

        // What cannot be used changes nothing.
        byte[] good = Files.readAllBytes(ca.resolve("node1.pem"));
        Files.writeString(ca.resolve("node1.pem"), "rubbish");
        assertThat(shown(node)).isEqualTo(before);
        Files.write(ca.resolve("node1.pem"), good);
        make("node1");
        while (shown(node).equals(before)) {
            Thread.onSpinWait();
        }

        socket.writeTextMessage("{\"type\":\"ping\",\"id\":7}");
        assertThat(next(frames, "pong").getLong("id")).isEqualTo(7);
        ClusterMember.await(socket.close());
    }

    private static WebSocket open(TestNode node, BlockingQueue<JsonObject> frames) {
        WebSocketClientOptions options = new WebSocketClientOptions()
                .setSsl(true)
                .setTrustOptions(
                        new PemTrustOptions().addCertPath(ca.resolve("ca.pem").toString()));
        // The first TLS connection to a node that has just started is closed at times, for a reason that is not known
        // yet:
        // a client tries again, and so does this.
        return ClusterMember.await(connect(node, options)
                .recover(closed -> connect(node, options))
                .recover(closed -> connect(node, options))
                .onSuccess(socket -> socket.textMessageHandler(text -> frames.add(new JsonObject(text)))));
    }

    private static Future<WebSocket> connect(TestNode node, WebSocketClientOptions options) {
        return node.vertx().createWebSocketClient(options).connect(node.port(), "localhost", "/ws");
    }

    private static JsonObject next(BlockingQueue<JsonObject> frames, String type) throws InterruptedException {
        JsonObject frame;
        do {
            frame = frames.poll(30, TimeUnit.SECONDS);
            assertThat(frame).as(type).isNotNull();
        } while (!type.equals(frame.getString("type")));
        return frame;
    }

    /** The serial number of the certificate that a new connection is shown. */
    private static BigInteger shown(TestNode node) throws Exception {
        try (SSLSocket socket = socket(node.port())) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
        }
    }

    private static SSLSocket socket(int port) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (var in = Files.newInputStream(ca.resolve("ca.pem"))) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
        socket.setSoTimeout(20_000);
        return socket;
    }
}
