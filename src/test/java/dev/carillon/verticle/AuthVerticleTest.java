package dev.carillon.verticle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.auth.Authenticator;
import dev.carillon.auth.Identity;
import dev.carillon.auth.MemoryRevocations;
import dev.carillon.auth.Outcome;
import dev.carillon.auth.TestKeys;
import dev.carillon.config.AuthSettings;
import dev.carillon.config.ConfigException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VertxExtension.class)
@Timeout(60)
class AuthVerticleTest {
    private static final String SECRET = "a secret of more than thirty-two bytes, for tests";
    private static final InstantSource CLOCK = InstantSource.system();

    @TempDir
    private Path directory;

    @Test
    void itBelievesTokensFromItsStart(Vertx vertx) {
        AuthVerticle auth = verticle(settings(SECRET, List.of()));
        assertThatThrownBy(auth::authenticator).isInstanceOf(IllegalStateException.class);
        Outcome.of(vertx.deployVerticle(auth));
        Authenticator authenticator = auth.authenticator();
        String token = auth.signer().orElseThrow().access("alice", new JsonObject(), Duration.ofMinutes(1));
        assertThat(Outcome.of(authenticator.authenticate(token)).userId()).isEqualTo("alice");
        String refresh = auth.refreshTokens()
                .orElseThrow()
                .issue("alice", new JsonObject())
                .refresh();
        assertThat(Outcome.of(auth.refreshTokens().orElseThrow().refresh(refresh))
                        .identity()
                        .userId())
                .isEqualTo("alice");
    }

    @Test
    void withoutASecretItSignsNothing(Vertx vertx) throws Exception {
        String file = Files.writeString(
                        directory.resolve("key.pem"),
                        TestKeys.pem(TestKeys.rsa(2048).getPublic()))
                .toString();
        AuthVerticle auth = verticle(settings("", List.of(file)));
        Outcome.of(vertx.deployVerticle(auth));
        assertThat(auth.signer()).isEmpty();
        assertThat(auth.refreshTokens()).isEmpty();
    }

    @Test
    void withoutKeysItDoesNotStart(Vertx vertx) {
        assertThat(Outcome.failureOf(vertx.deployVerticle(verticle(settings("", List.of())))))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("auth.secret or auth.keys must be set");
    }

    @Test
    void rotatedKeysAreBelievedAfterTheReloadAndOldOnesAreNot(Vertx vertx) throws Exception {
        KeyPair old = TestKeys.rsa(2048);
        KeyPair fresh = TestKeys.rsa(2048);
        Path file = Files.writeString(directory.resolve("key.pem"), TestKeys.pem(old.getPublic()));
        AuthVerticle auth = verticle(settings("", List.of(file.toString())));
        Outcome.of(vertx.deployVerticle(auth));
        assertThat(believes(auth, old)).isTrue();
        assertThat(believes(auth, fresh)).isFalse();

        Files.writeString(file, TestKeys.pem(fresh.getPublic()));
        until(() -> believes(auth, fresh));
        assertThat(believes(auth, old)).isFalse();
    }

    @Test
    void onceStoppedItReadsNoMoreKeys(Vertx vertx) {
        AtomicInteger stopped = new AtomicInteger();
        AtomicInteger running = new AtomicInteger();
        String jwks = TestKeys.jwksOf(TestKeys.rsa(2048).getPublic());
        HttpServer server = Outcome.of(vertx.createHttpServer(
                        new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                .requestHandler(request -> {
                    (request.path().equals("/stopped") ? stopped : running).incrementAndGet();
                    request.response().end(jwks);
                })
                .listen());
        String base = "http://127.0.0.1:" + server.actualPort();
        String deployment = Outcome.of(vertx.deployVerticle(verticle(settings("", List.of(base + "/stopped")))));
        until(() -> stopped.get() >= 2);
        Outcome.of(vertx.undeploy(deployment));
        int last = stopped.get();
        // Another, started later, marks the time at which the first would have read again.
        Outcome.of(vertx.deployVerticle(verticle(settings("", List.of(base + "/running")))));
        until(() -> running.get() >= 2);
        assertThat(stopped).hasValue(last);
        Outcome.of(server.close());
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            assertThat(Thread.interrupted()).as("timed out").isFalse();
            Thread.onSpinWait();
        }
    }

    private static AuthVerticle verticle(AuthSettings settings) {
        return new AuthVerticle(settings, new MemoryRevocations(CLOCK), CLOCK);
    }

    private static boolean believes(AuthVerticle auth, KeyPair key) {
        Instant now = Instant.now();
        String token = TestKeys.signed(
                "RS256", key.getPrivate(), new JsonObject().put("sub", "alice").put("exp", now.getEpochSecond() + 60));
        return Outcome.of(auth.authenticator()
                .authenticate(token)
                .map(Identity::userId)
                .otherwise("")
                .map("alice"::equals));
    }

    private static AuthSettings settings(String secret, List<String> keys) {
        AuthSettings defaults = AuthSettings.DEFAULTS;
        return new AuthSettings(
                secret,
                keys,
                Duration.ofSeconds(1),
                "",
                "",
                defaults.leeway(),
                defaults.timeout(),
                defaults.grace(),
                defaults.accessLife(),
                defaults.refreshLife(),
                false);
    }
}
