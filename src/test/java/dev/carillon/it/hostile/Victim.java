package dev.carillon.it.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.Bystander;
import dev.carillon.testing.FreePort;
import dev.carillon.testing.RawSocket;
import dev.carillon.testing.TestNode;
import dev.carillon.testing.Until;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One node for all hostile classes, and two clients on it that must not notice. Started once, stopped with the last test. */
@Timeout(60)
@ExtendWith(Victim.Start.class)
abstract class Victim {
    static TestNode node;
    static int busPort;
    static int memberPort;
    private static Bystander bystander;
    private static Leaks leaks;

    static final class Start implements BeforeAllCallback {
        @Override
        public void beforeAll(ExtensionContext context) {
            context.getRoot()
                    .getStore(ExtensionContext.Namespace.create(Victim.class))
                    .getOrComputeIfAbsent(Running.class);
        }
    }

    static final class Running implements ExtensionContext.Store.CloseableResource {
        Running() throws IOException {
            leaks = new Leaks();
            busPort = FreePort.find();
            memberPort = FreePort.find();
            node = TestNode.start(
                    "cluster.port=" + memberPort,
                    "bus.port=" + busPort,
                    "http.compression=true",
                    "auth.keys=" + Forgery.publicKeyFile(),
                    "auth.timeout=2s",
                    "admission.head-timeout=2s",
                    "bus.inbound=app.*",
                    "bus.outbound=app.*",
                    "limits.connections-per-user=20",
                    // A burst of twice as many is more than there are tests, after each of which the bystander speaks.
                    "limits.messages-per-second=250",
                    "limits.subscriptions-per-connection=50",
                    "namespaces.vault={publish: [], subscribe: []}");
            bystander = new Bystander(node);
        }

        @Override
        public void close() {
            bystander.close();
            node.stop();
        }
    }

    /** The point of it all. */
    @AfterEach
    void nobodyElseNoticed() {
        bystander.assertStillServed();
    }

    @AfterAll
    static void nothingIsLeftOfIt() {
        Until.holds(
                () -> node.meter("carillon_connections{transport=\"websocket\"}") == 2,
                () -> "more than the two bystanders' connections are left");
        assertThat(leaks.found()).isEmpty();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** What a connection answers to a request; empty if it is closed. */
    static String answer(byte[] request) throws IOException {
        try (RawSocket raw = RawSocket.connect(node.port())) {
            return raw.exchange(request, true);
        }
    }

    /** What a port says to some bytes within a moment, if anything. */
    static String said(int port, byte[] bytes) throws IOException {
        try (RawSocket raw = RawSocket.connect(port)) {
            return raw.exchange(bytes, false);
        }
    }

    static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static String auth(String token) {
        return new JsonObject()
                .put("type", "auth")
                .put("id", 1)
                .put("token", token)
                .encode();
    }
}
