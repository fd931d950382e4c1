package dev.carillon.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.config.AuthSettings;
import dev.carillon.config.ConfigException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SelfSignedCertificate;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
@Timeout(60)
class KeyRingTest {
    private static KeyPair rsa;
    private static KeyPair otherRsa;
    private static KeyPair ec;

    @TempDir
    private Path directory;

    private volatile Instant now = Instant.parse("2026-01-28T10:00:00Z");

    @BeforeAll
    static void makeKeys() {
        rsa = TestKeys.rsa(2048);
        otherRsa = TestKeys.rsa(3072);
        ec = TestKeys.ec("secp256r1");
    }

    @Test
    void withoutSecretAndKeysTheStartIsRefused(Vertx vertx) {
        assertThat(refusal(vertx, "", List.of()))
                .startsWith("auth.secret or auth.keys must be set")
                .contains("openssl rand");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | holds neither",
                "hello | holds neither",
                "-----BEGIN PUBLIC KEY----- | holds neither",
                "'-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----' | damaged key",
                "'-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' | damaged certificate",
                "'-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----' | private key; give the public one",
                "'-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----' | PKCS#1",
                "'-----BEGIN PGP MESSAGE-----\nAAAA\n-----END PGP MESSAGE-----' | no public key or certificate",
                "{ | is no JWKS",
                "{} | is no JWKS",
                "{\"keys\":7} | is no JWKS",
                "{\"keys\":[]} | without a usable signature key: it is empty",
                "{\"keys\":[7]} | a key must be an object",
                "{\"keys\":[{}]} | without a usable signature key",
                "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}]} | belongs into auth.secret",
                "{\"keys\":[{\"kty\":\"RSA\"}]} | lacks its public part",
                "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"enc\"}]} | not meant for signatures",
                "{\"keys\":[{\"kty\":\"RSA\",\"key_ops\":[\"encrypt\"]}]} | not meant for signatures",
                "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"!\",\"y\":\"!\"}]} | without a usable signature key"
            })
    void aDocumentWithoutAUsableKeyStopsTheStart(String text, String why, Vertx vertx) throws Exception {
        String file = write("keys", text);
        assertThat(refusal(vertx, "", List.of(file)))
                .startsWith("auth.keys: " + file + ": ")
                .contains(why)
                .contains("; each entry must be a readable PEM or JWKS file or a JWKS URL");
    }

    @Test
    void aFileThatIsNotThereStopsTheStart(Vertx vertx) {
        String file = directory.resolve("none.pem").toString();
        assertThat(refusal(vertx, "a secret of more than thirty-two bytes", List.of(file)))
                .startsWith("auth.keys: " + file + ": no such file; each entry must be");
        assertThat(refusal(vertx, "", List.of(directory.toString()))).contains("is no file");
    }

    @Test
    void aKeyTooWeakStopsTheStart(Vertx vertx) throws Exception {
        String weak = write("weak.pem", TestKeys.pem(TestKeys.rsa(1024).getPublic()));
        assertThat(refusal(vertx, "", List.of(weak))).contains("1024 bits is too weak");
        String curve = write("curve.pem", TestKeys.pem(TestKeys.ed("Ed448").getPublic()));
        assertThat(refusal(vertx, "", List.of(curve))).contains("RSA, EC or Ed25519");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HS256", "none", "ES256", "RSA-OAEP"})
    void anAlgorithmThatDoesNotFitItsKeyIsRefused(String algorithm, Vertx vertx) throws Exception {
        String file = write("jwks", TestKeys.jwks(TestKeys.jwk(rsa.getPublic()).put("alg", algorithm)));
        assertThat(refusal(vertx, "", List.of(file))).contains("cannot be used for its alg");
        String curve = write(
                "jwks",
                TestKeys.jwks(TestKeys.jwk(TestKeys.ec("secp384r1").getPublic()).put("alg", algorithm)));
        assertThat(refusal(vertx, "", List.of(curve))).contains("is for ES384");
    }

    @Test
    void theAlgorithmFollowsTheKeyWhenTheIssuerDoesNotSay(Vertx vertx) throws Exception {
        KeyPair ec384 = TestKeys.ec("secp384r1");
        KeyPair ed = TestKeys.ed("Ed25519");
        String file = write(
                "jwks",
                TestKeys.jwks(
                        TestKeys.jwk(rsa.getPublic()),
                        TestKeys.jwk(ec384.getPublic()),
                        TestKeys.jwk(ed.getPublic()).put("alg", "Ed25519"),
                        new JsonObject().put("kty", "future")));
        KeyRing ring = load(vertx, file);
        assertThat(verifies(ring, TestKeys.signed("RS256", rsa.getPrivate(), claims())))
                .isTrue();
        assertThat(verifies(ring, TestKeys.signed("ES384", ec384.getPrivate(), claims())))
                .isTrue();
        assertThat(verifies(ring, TestKeys.signed("EdDSA", ed.getPrivate(), claims())))
                .isTrue();
        assertThat(verifies(ring, TestKeys.signed("RS512", rsa.getPrivate(), claims())))
                .isFalse();
        Outcome.of(ring.close());
    }

    @Test
    void keysOfOneAlgorithmAndDifferentSizesAreTriedInTurn(Vertx vertx) throws Exception {
        KeyRing ring = load(
                vertx, write("both.pem", TestKeys.pem(rsa.getPublic()) + "\n" + TestKeys.pem(otherRsa.getPublic())));
        assertThat(verifies(ring, TestKeys.signed("RS256", rsa.getPrivate(), claims())))
                .isTrue();
        assertThat(verifies(ring, TestKeys.signed("RS256", otherRsa.getPrivate(), claims())))
                .isTrue();
        Outcome.of(ring.close());
    }

    @Test
    void aCertificateStandsForItsKey(Vertx vertx) throws Exception {
        SelfSignedCertificate certificate = SelfSignedCertificate.create("issuer.example");
        String base64 = Files.readString(Path.of(certificate.privateKeyPath()))
                .replaceAll("-----[A-Z ]+-----", "")
                .replaceAll("\\s", "");
        var key = java.security.KeyFactory.getInstance("RSA")
                .generatePrivate(new java.security.spec.PKCS8EncodedKeySpec(
                        Base64.getDecoder().decode(base64)));
        KeyRing ring = load(vertx, certificate.certificatePath());
        assertThat(verifies(ring, TestKeys.signed("RS256", key, claims()))).isTrue();
        assertThat(verifies(ring, TestKeys.signed("RS256", rsa.getPrivate(), claims())))
                .isFalse();
        Outcome.of(ring.close());
        certificate.delete();
    }

    @Test
    void readingAgainReplacesTheKeys(Vertx vertx) throws Exception {
        String file = write("rotating.pem", TestKeys.pem(rsa.getPublic()));
        KeyRing ring = load(vertx, file);
        write("rotating.pem", TestKeys.pem(otherRsa.getPublic()));
        Outcome.of(ring.reload());
        assertThat(verifies(ring, TestKeys.signed("RS256", rsa.getPrivate(), claims())))
                .isFalse();
        assertThat(verifies(ring, TestKeys.signed("RS256", otherRsa.getPrivate(), claims())))
                .isTrue();
        Outcome.of(ring.close());
    }

    @Test
    void aSourceThatCannotBeReadAgainKeepsItsKeysAndOthersAreReplaced(Vertx vertx) throws Exception {
        String lost = write("lost.pem", TestKeys.pem(rsa.getPublic()));
        String rotating = write("rotating.pem", TestKeys.pem(otherRsa.getPublic()));
        KeyRing ring = Outcome.of(KeyRing.load(vertx, settings("", List.of(lost, rotating)), () -> now));
        Files.delete(Path.of(lost));
        write("rotating.pem", TestKeys.pem(ec.getPublic()));
        Outcome.of(ring.reload());
        assertThat(verifies(ring, TestKeys.signed("RS256", rsa.getPrivate(), claims())))
                .isTrue();
        assertThat(verifies(ring, TestKeys.signed("ES256", ec.getPrivate(), claims())))
                .isTrue();
        assertThat(verifies(ring, TestKeys.signed("RS256", otherRsa.getPrivate(), claims())))
                .isFalse();
        Outcome.of(ring.close());
    }

    @Test
    void aKeySetIsReadFromItsUrl(Vertx vertx) {
        String jwks =
                TestKeys.jwks(TestKeys.jwk(rsa.getPublic()).put("kid", "a").put("use", "sig"));
        HttpServer server = serve(vertx, new AtomicReference<>(jwks), new AtomicInteger());
        KeyRing ring = load(vertx, url(server));
        assertThat(verifies(ring, TestKeys.signed(header("a"), rsa.getPrivate(), claims())))
                .isTrue();
        assertThat(verifies(ring, TestKeys.signed(header("b"), rsa.getPrivate(), claims())))
                .isFalse();
        Outcome.of(Future.join(ring.close(), server.close()));
    }

    @Test
    void anUnknownKeyNameHasTheUrlReadAgainButNotOften(Vertx vertx) {
        AtomicReference<String> jwks = new AtomicReference<>(
                TestKeys.jwks(TestKeys.jwk(rsa.getPublic()).put("kid", "a")));
        AtomicInteger asked = new AtomicInteger();
        HttpServer server = serve(vertx, jwks, asked);
        KeyRing ring = load(vertx, url(server));
        jwks.set(TestKeys.jwks(TestKeys.jwk(otherRsa.getPublic()).put("kid", "b")));
        String rotated = TestKeys.signed(header("b"), otherRsa.getPrivate(), claims());

        assertThat(verifies(ring, rotated)).isFalse();
        assertThat(asked).as("too early").hasValue(1);
        now = now.plus(KeyRing.LOOK_AGAIN);
        assertThat(verifies(ring, rotated)).isFalse();
        while (!verifies(ring, rotated)) {
            assertThat(Thread.interrupted()).as("timed out").isFalse();
            Thread.onSpinWait();
        }
        assertThat(verifies(ring, TestKeys.signed(header("c"), rsa.getPrivate(), claims())))
                .isFalse();
        assertThat(asked).hasValue(2);
        Outcome.of(Future.join(ring.close(), server.close()));
    }

    @Test
    void aUrlThatDoesNotAnswerWellStopsTheStart(Vertx vertx) {
        HttpServer server = Outcome.of(vertx.createHttpServer(
                        new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                .requestHandler(request -> {
                    switch (request.path()) {
                        case "/redirect" ->
                            request.response()
                                    .setStatusCode(302)
                                    .putHeader("location", "/x")
                                    .end();
                        case "/large" -> request.response().end(Buffer.buffer(new byte[KeySources.MAX_BYTES + 1]));
                        case "/cut" ->
                            request.response()
                                    .putHeader("content-length", "99")
                                    .write("{")
                                    .onComplete(written -> request.connection().close());
                        default -> request.response().setStatusCode(404).end();
                    }
                })
                .listen());
        String base = "http://127.0.0.1:" + server.actualPort();
        assertThat(refusal(vertx, "", List.of(base + "/none"))).contains(base + "/none: answered 404;");
        assertThat(refusal(vertx, "", List.of(base + "/redirect"))).contains("answered 302;");
        assertThat(refusal(vertx, "", List.of(base + "/large"))).contains("answered more than");
        assertThat(refusal(vertx, "", List.of(base + "/cut"))).startsWith("auth.keys: " + base + "/cut: ");
        assertThat(refusal(vertx, "", List.of("http://"))).startsWith("auth.keys: http://: ");
        Outcome.of(server.close());
    }

    @Test
    void aUrlWhereNobodyListensStopsTheStart(Vertx vertx) throws IOException {
        // Bound, so that nobody else gets the port, and not listening.
        try (Socket held = new Socket()) {
            held.bind(new InetSocketAddress("127.0.0.1", 0));
            assertThat(refusal(vertx, "", List.of("http://127.0.0.1:" + held.getLocalPort() + "/keys")))
                    .contains("Connection refused");
        }
    }

    @Test
    void aTlsServerThatNobodyVouchesForIsNotAsked(Vertx vertx) {
        SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
        AtomicInteger asked = new AtomicInteger();
        HttpServer server = Outcome.of(vertx.createHttpServer(new HttpServerOptions()
                        .setHost("127.0.0.1")
                        .setPort(0)
                        .setSsl(true)
                        .setKeyCertOptions(certificate.keyCertOptions()))
                .requestHandler(request -> {
                    asked.incrementAndGet();
                    request.response().end(TestKeys.jwks(TestKeys.jwk(rsa.getPublic())));
                })
                .listen());
        String url = "https://localhost:" + server.actualPort() + "/jwks";
        assertThat(refusal(vertx, "", List.of(url)))
                .startsWith("auth.keys: " + url)
                .contains("no trusted TLS: ", "PKIX");
        assertThat(asked).hasValue(0);
        Outcome.of(server.close());
        certificate.delete();
    }

    private static HttpServer serve(Vertx vertx, AtomicReference<String> body, AtomicInteger asked) {
        return Outcome.of(vertx.createHttpServer(
                        new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                .requestHandler(request -> {
                    asked.incrementAndGet();
                    request.response().end(body.get());
                })
                .listen());
    }

    private static String url(HttpServer server) {
        return "http://127.0.0.1:" + server.actualPort() + "/jwks";
    }

    private KeyRing load(Vertx vertx, String source) {
        return Outcome.of(KeyRing.load(vertx, settings("", List.of(source)), () -> now));
    }

    /** The one line that tells why the start is refused. */
    private String refusal(Vertx vertx, String secret, List<String> sources) {
        Throwable failure = Outcome.failureOf(KeyRing.load(vertx, settings(secret, sources), () -> now));
        assertThat(failure).isInstanceOf(ConfigException.class);
        assertThat(failure.getMessage()).doesNotContain("\n").doesNotContain("null");
        return failure.getMessage();
    }

    private String write(String name, String text) throws Exception {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    private static boolean verifies(KeyRing ring, String token) {
        return ring.candidates(TokenHeader.of(token)).stream().anyMatch(key -> key.verify(token) != null);
    }

    private static JsonObject header(String keyId) {
        return new JsonObject().put("alg", "RS256").put("kid", keyId);
    }

    private static JsonObject claims() {
        return new JsonObject().put("sub", "alice").put("exp", 4_000_000_000L);
    }

    private static AuthSettings settings(String secret, List<String> sources) {
        AuthSettings defaults = AuthSettings.DEFAULTS;
        return new AuthSettings(
                secret,
                sources,
                defaults.reload(),
                "",
                "",
                Duration.ZERO,
                defaults.timeout(),
                defaults.grace(),
                defaults.accessLife(),
                defaults.refreshLife(),
                false);
    }
}
