package dev.carillon.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.auth.TestKeys;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.RawSocket;
import dev.carillon.testing.TestNode;
import dev.carillon.testing.Until;
import dev.carillon.testing.WsClient;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.KeyPair;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A login service that changes its keys, and a node that reads them from its URL. */
@Timeout(60)
class KeysIT {
    private final KeyPair old = TestKeys.rsa(2048);
    private final KeyPair fresh = TestKeys.ec("secp256r1");

    @Test
    void aKeyIsReplacedWithoutARestartOfTheNode() {
        AtomicReference<String> jwks = new AtomicReference<>(
                TestKeys.jwks(TestKeys.jwk(old.getPublic()).put("kid", "old")));
        Vertx vertx = Vertx.vertx();
        HttpServer service = ClusterMember.await(vertx.createHttpServer()
                .requestHandler(request -> request.response().end(jwks.get()))
                .listen(0, "127.0.0.1"));
        TestNode node =
                TestNode.start("auth.reload=1s", "auth.keys=http://127.0.0.1:" + service.actualPort() + "/jwks");
        try {
            WsClient there = WsClient.loginWith(node, token("RS256", "old", old, "ann"), new JsonArray());
            assertThat(refusedWith(node, token("ES256", "new", fresh, "ben"))).isEqualTo(4001);

            // Both for a while, as services do that let tokens run out.
            jwks.set(TestKeys.jwks(
                    TestKeys.jwk(old.getPublic()).put("kid", "old"),
                    TestKeys.jwk(fresh.getPublic()).put("kid", "new")));
            Until.holds(() -> isBelieved(node, token("ES256", "new", fresh, "ben")), () -> "the new key is not known");
            assertThat(isBelieved(node, token("RS256", "old", old, "cid"))).isTrue();

            jwks.set(TestKeys.jwks(TestKeys.jwk(fresh.getPublic()).put("kid", "new")));
            Until.holds(
                    () -> refusedWith(node, token("RS256", "old", old, "dan")) == 4001,
                    () -> "the old key is believed");
            assertThat(isBelieved(node, token("ES256", "new", fresh, "eve"))).isTrue();
            assertThat(there.publish(2, "lobby:keys", 1).getString("type"))
                    .as("who was let in before")
                    .isEqualTo("ack");
            there.close();
        } finally {
            node.stop();
            ClusterMember.await(vertx.close());
        }
    }

    private static boolean isBelieved(TestNode node, String token) {
        return refusedWith(node, token) == 0;
    }

    /** The code that a login is closed with; 0 if it is let in. */
    private static int refusedWith(TestNode node, String token) {
        try (RawSocket client = RawSocket.open(node.port())) {
            client.text(new JsonObject()
                    .put("type", "auth")
                    .put("id", 1)
                    .put("token", token)
                    .encode());
            RawSocket.Frame answer = client.read();
            if (answer.opcode() == RawSocket.CLOSE) {
                return answer.closeCode();
            }
            boolean isIn = "auth_success".equals(new JsonObject(answer.text()).getString("type"));
            return isIn ? 0 : client.closeCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String token(String algorithm, String keyId, KeyPair key, String user) {
        return TestKeys.signed(
                new JsonObject().put("alg", algorithm).put("kid", keyId),
                key.getPrivate(),
                new JsonObject().put("sub", user).put("exp", Instant.now().getEpochSecond() + 60));
    }
}
