package dev.carillon.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.config.AuthSettings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
@Timeout(60)
class JwtAuthenticatorTest {
    private static final String SECRET = "a secret of more than thirty-two bytes, for tests";
    private static final Instant START = Instant.parse("2026-01-28T10:00:00Z");
    private static final long NOW = START.getEpochSecond();

    private static KeyPair rsa;
    private static KeyPair ec256;
    private static KeyPair ec384;
    private static KeyPair ec521;
    private static KeyPair ed;

    @TempDir
    private static Path keys;

    private volatile Instant now = START;
    private final MemoryRevocations revocations = new MemoryRevocations(() -> now);
    private KeyRing ring;
    private JwtAuthenticator authenticator;

    @BeforeAll
    static void makeKeys() throws Exception {
        rsa = TestKeys.rsa(2048);
        ec256 = TestKeys.ec("secp256r1");
        ec384 = TestKeys.ec("secp384r1");
        ec521 = TestKeys.ec("secp521r1");
        ed = TestKeys.ed("Ed25519");
        for (KeyPair pair : List.of(rsa, ec256, ec384, ec521, ed)) {
            Files.writeString(keys.resolve(pemName(pair)), TestKeys.pem(pair.getPublic()));
        }
        Files.writeString(
                keys.resolve("jwks.json"),
                TestKeys.jwks(TestKeys.jwk(rsa.getPublic()).put("kid", "first").put("alg", "RS512")));
    }

    @BeforeEach
    void start(Vertx vertx) {
        AuthSettings settings = settings(
                SECRET,
                List.of(rsa, ec256, ec384, ec521, ed).stream()
                        .map(pair -> keys.resolve(pemName(pair)).toString())
                        .toList());
        ring = Outcome.of(KeyRing.load(vertx, settings, () -> now));
        authenticator = new JwtAuthenticator(vertx, ring, settings, revocations, () -> now);
    }

    @AfterEach
    void stop() {
        Outcome.of(Future.join(authenticator.close(), ring.close()));
    }

    @Test
    void aTokenSignedWithTheSecretTellsWhoItSpeaksFor() {
        JsonObject claims = claims().put("jti", "t-1")
                .put("channels", new JsonArray().add("messages:*").add("feed"))
                .put("publish", new JsonArray().add("messages:42"))
                .put("scope", "carillon:api  profile")
                .put("info", new JsonObject().put("name", "Alice"));

        assertThat(Outcome.of(authenticator.authenticate(TestKeys.hmac(SECRET, claims))))
                .isEqualTo(new Identity(
                        "",
                        "alice",
                        "t-1",
                        START,
                        START.plusSeconds(600),
                        List.of("messages:*", "feed"),
                        List.of("messages:42"),
                        java.util.Set.of("carillon:api", "profile"),
                        "{\"name\":\"Alice\"}"));
    }

    @Test
    void namesBecomeTheInfoOfATokenWithoutOne() {
        JsonObject claims = claims().put("full_name", "Alice A.").put("name", "Alice");
        assertThat(accepted(claims).info()).isEqualTo("{\"name\":\"Alice\",\"full_name\":\"Alice A.\"}");
        assertThat(accepted(claims()).info()).isEqualTo("{}");
    }

    @Test
    void aScopeMayBeAList() {
        assertThat(accepted(claims().put("scope", new JsonArray().add("a").add("b c")))
                        .scopes())
                .containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void aUserMayBeCounted() {
        assertThat(accepted(claims().put("sub", 17)).userId()).isEqualTo("17");
    }

    @Test
    void everyKindOfPublicKeyIsBelievedForItsAlgorithm() {
        for (String token : List.of(
                TestKeys.signed("RS256", rsa.getPrivate(), claims()),
                TestKeys.signed("ES256", ec256.getPrivate(), claims()),
                TestKeys.signed("ES384", ec384.getPrivate(), claims()),
                TestKeys.signed("ES512", ec521.getPrivate(), claims()),
                TestKeys.signed("EdDSA", ed.getPrivate(), claims()))) {
            assertThat(Outcome.of(authenticator.authenticate(token)).userId()).isEqualTo("alice");
        }
    }

    @Test
    void aKeyIsNotBelievedForAnotherAlgorithm() {
        refused(TestKeys.signed("RS384", rsa.getPrivate(), claims()), AuthException.Kind.INVALID, "Invalid token");
        refused(TestKeys.signed("RS512", rsa.getPrivate(), claims()), AuthException.Kind.INVALID, "Invalid token");
    }

    @Test
    void unsignedTokensAreRefused() {
        String none = TestKeys.encode(new JsonObject().put("alg", "none")) + "." + TestKeys.encode(claims());
        refused(none, AuthException.Kind.INVALID, "Invalid token");
        refused(none + ".", AuthException.Kind.INVALID, "Invalid token");
        refused(none + ".AAAA", AuthException.Kind.INVALID, "Invalid token");
        String noName = TestKeys.encode(new JsonObject()) + "." + TestKeys.encode(claims());
        refused(noName + ".AAAA", AuthException.Kind.INVALID, "Invalid token");
        String hmac = TestKeys.hmac(SECRET, claims());
        refused(hmac.substring(0, hmac.lastIndexOf('.') + 1), AuthException.Kind.INVALID, "Invalid token");
        refused(hmac.substring(0, hmac.lastIndexOf('.')), AuthException.Kind.INVALID, "Invalid token");
    }

    @Test
    void aPublicKeyIsNoSecret() {
        JsonObject header = new JsonObject().put("alg", "HS256");
        for (byte[] confused : List.of(
                TestKeys.pem(rsa.getPublic()).getBytes(StandardCharsets.UTF_8),
                TestKeys.pem(rsa.getPublic()).strip().getBytes(StandardCharsets.UTF_8),
                rsa.getPublic().getEncoded())) {
            refused(TestKeys.hmac(confused, header, claims()), AuthException.Kind.INVALID, "Invalid token");
        }
    }

    @Test
    void anotherSignatureIsRefused() {
        refused(TestKeys.hmac(SECRET + "!", claims()), AuthException.Kind.INVALID, "Invalid token");
        refused(
                TestKeys.signed("RS256", TestKeys.rsa(2048).getPrivate(), claims()),
                AuthException.Kind.INVALID,
                "Invalid token");
        refused(
                TestKeys.signed("ES256", TestKeys.ec("secp256r1").getPrivate(), claims()),
                AuthException.Kind.INVALID,
                "Invalid token");
        refused(
                TestKeys.signed("EdDSA", TestKeys.ed("Ed25519").getPrivate(), claims()),
                AuthException.Kind.INVALID,
                "Invalid token");
    }

    @Test
    void aSignatureOfNothingIsRefused() {
        for (String algorithm : List.of("HS256", "RS256", "ES256", "ES384", "ES512", "EdDSA")) {
            String input = TestKeys.encode(new JsonObject().put("alg", algorithm)) + "." + TestKeys.encode(claims());
            for (int bytes : List.of(1, 64, 96, 132, 256, 300)) {
                String zeros = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[bytes]);
                refused(input + "." + zeros, AuthException.Kind.INVALID, "Invalid token");
            }
        }
    }

    @Test
    void changedClaimsAreRefused() {
        String[] parts = TestKeys.hmac(SECRET, claims()).split("\\.");
        String forged = parts[0] + "." + TestKeys.encode(claims().put("sub", "root")) + "." + parts[2];
        refused(forged, AuthException.Kind.INVALID, "Invalid token");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "...", "a", "a.b", "a.b.c", "e30.e30.e30", "e30.e30.e30.e30", "W10.W10.W10", "{}"
            })
    void whatIsNoTokenIsRefused(String text) {
        refused(text, AuthException.Kind.INVALID, "Invalid token");
    }

    @Test
    void anExtraPartIsRefused() {
        String good = TestKeys.hmac(SECRET, claims());
        refused(good + ".", AuthException.Kind.INVALID, "Invalid token");
        refused(good + "..", AuthException.Kind.INVALID, "Invalid token");
    }

    @Test
    void aCriticalExtensionIsRefused() {
        JsonObject header = new JsonObject().put("alg", "HS256").put("crit", new JsonArray().add("b64"));
        refused(
                TestKeys.hmac(SECRET.getBytes(StandardCharsets.UTF_8), header, claims()),
                AuthException.Kind.INVALID,
                "Invalid token");
    }

    @Test
    void aTokenOverEightKilobytesIsRefusedUnread() {
        JsonObject claims = claims().put("padding", "x".repeat(9000));
        refused(claims, AuthException.Kind.INVALID, "Token too large");
    }

    @Test
    void deeplyNestedClaimsAreRefused() {
        String deep =
                "{\"sub\":\"alice\",\"exp\":" + (NOW + 600) + ",\"d\":" + "[".repeat(2500) + "]".repeat(2500) + "}";
        String claims = Base64.getUrlEncoder().withoutPadding().encodeToString(deep.getBytes(StandardCharsets.UTF_8));
        String header = TestKeys.encode(new JsonObject().put("alg", "HS256"));
        refused(header + "." + claims + ".AAAA", AuthException.Kind.INVALID, "Invalid token");
    }

    @Test
    void aTokenEndsAtItsExpiryAndTheLeeway() {
        String token = TestKeys.hmac(SECRET, claims());
        now = START.plusSeconds(600 + 4);
        assertThat(Outcome.of(authenticator.authenticate(token)).userId()).isEqualTo("alice");
        now = START.plusSeconds(600 + 5);
        refused(token, AuthException.Kind.EXPIRED, "Token expired");
    }

    @Test
    void aTokenBeginsAtItsNbfLessTheLeeway() {
        String token = TestKeys.hmac(SECRET, claims().put("nbf", NOW + 100));
        now = START.plusSeconds(94);
        refused(token, AuthException.Kind.INVALID, "Token not yet valid");
        now = START.plusSeconds(95);
        assertThat(Outcome.of(authenticator.authenticate(token)).userId()).isEqualTo("alice");
    }

    @Test
    void aTokenFromTheFutureIsRefused() {
        refused(claims().put("iat", NOW + 6), AuthException.Kind.INVALID, "Token not yet valid");
        assertThat(accepted(claims().put("iat", NOW + 5)).userId()).isEqualTo("alice");
    }

    @Test
    void timesMayHaveFractions() {
        assertThat(accepted(claims().put("iat", NOW - 0.75)).issuedAt()).isEqualTo(START.minusMillis(750));
    }

    @Test
    void aTokenWithoutIatCountsAsOld() {
        JsonObject claims = claims();
        claims.remove("iat");
        assertThat(accepted(claims).issuedAt()).isEqualTo(Instant.EPOCH);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "exp|-1|exp is no time in seconds",
                "exp|1e400|exp is no time in seconds",
                "exp|1800000000000|exp is no time in seconds",
                "exp|99999999999999999999999|exp is no time in seconds",
                "sub|null|no sub",
                "sub|\"\"|no sub",
                "sub|{}|no sub",
                "sub|1.5|no sub",
                "sub|\"a b\"|sub is no user id",
                "sub|\"a\\u0000b\"|sub is no user id",
                "sub|\"a\\u2028b\"|sub is no user id",
                "sub|\"a\\ud800b\"|sub is no user id",
                "jti|7|jti is no string",
                "channels|\"feed\"|channels is no list of strings",
                "channels|[1]|channels is no list of strings",
                "channels|[null]|channels is no list of strings",
                "publish|{}|publish is no list of strings",
                "scope|7|scope is no list of strings",
                "info|\"Alice\"|info is no object",
                "iss|null|wrong issuer",
                "iss|\"https://elsewhere\"|wrong issuer",
                "iss|[\"https://issuer\"]|wrong issuer",
                "aud|null|wrong audience",
                "aud|\"others\"|wrong audience",
                "aud|[\"others\"]|wrong audience",
                "aud|{}|wrong audience",
                "typ|\"refresh\"|made for another use",
                "typ|\"Refresh\"|made for another use",
                "token_type|\"refresh\"|made for another use",
                "typ|\"channel\"|made for another use",
                "channel|\"feed\"|made for another use"
            })
    void aClaimThatIsNotAsItMustBeIsNamed(String claim, String value, String why) {
        String rest = claims().put(claim, "").encode().replace("\"" + claim + "\":\"\"", "\"" + claim + "\":" + value);
        refused(raw(rest), AuthException.Kind.INVALID, "Invalid token: " + why);
    }

    @Test
    void aTokenWithoutEndIsRefused() {
        JsonObject claims = claims();
        claims.remove("exp");
        refused(claims, AuthException.Kind.INVALID, "Invalid token: no exp");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"soon\"", "[]", "{}", "true"})
    void aTimeThatIsNoNumberIsRefused(String value) {
        for (String claim : List.of("exp", "nbf", "iat")) {
            if (value.equals("null") && !claim.equals("exp")) {
                continue;
            }
            String claims = claims().put(claim, "?").encode().replace("\"?\"", value);
            assertThat(Outcome.failureOf(authenticator.authenticate(raw(claims))))
                    .isInstanceOf(AuthException.class)
                    .hasMessageStartingWith("Invalid token");
        }
    }

    @Test
    void aUserIdMayHave128Bytes() {
        assertThat(accepted(claims().put("sub", "é".repeat(64))).userId()).hasSize(64);
        refused(
                claims().put("sub", "é".repeat(64) + "a"),
                AuthException.Kind.INVALID,
                "Invalid token: sub is no user id");
        refused(claims().put("sub", "a".repeat(129)), AuthException.Kind.INVALID, "Invalid token: sub is no user id");
    }

    @Test
    void anAudienceAmongOthersIsEnough() {
        assertThat(accepted(claims().put("aud", new JsonArray().add("x").add("carillon")))
                        .userId())
                .isEqualTo("alice");
    }

    @Test
    void aRevokedTokenIsRefusedAndOthersAreNot() {
        Outcome.of(revocations.revokeToken("t-1", START.plusSeconds(600)));
        refused(claims().put("jti", "t-1"), AuthException.Kind.REVOKED, "Token revoked");
        assertThat(accepted(claims().put("jti", "t-2")).userId()).isEqualTo("alice");
    }

    @Test
    void allOldTokensOfARevokedUserAreRefused() {
        Outcome.of(revocations.revokeUser("alice", START));
        refused(claims().put("iat", NOW - 1), AuthException.Kind.REVOKED, "Token revoked");
        assertThat(accepted(claims()).userId()).isEqualTo("alice");
        assertThat(accepted(claims().put("iat", NOW - 1).put("sub", "bob")).userId())
                .isEqualTo("bob");
    }

    @Test
    void aChannelTokenOpensItsChannelToItsUser() {
        String token = TestKeys.hmac(SECRET, claims().put("channel", "messages:*"));
        assertThat(Outcome.of(authenticator.channelGrant(token, "alice")))
                .isEqualTo(new ChannelGrant("messages:*", START.plusSeconds(600)));
        assertThat(Outcome.failureOf(authenticator.channelGrant(token, "mallory")))
                .isInstanceOf(AuthException.class)
                .hasMessage("Invalid token");
    }

    @Test
    void otherTokensOpenNoChannel() {
        for (JsonObject claims : List.of(
                claims(),
                claims().put("channel", ""),
                claims().put("channel", "feed").put("typ", "refresh"),
                claims().put("typ", "channel"),
                claims().put("channel", 5))) {
            assertThat(Outcome.failureOf(authenticator.channelGrant(TestKeys.hmac(SECRET, claims), "alice")))
                    .isInstanceOf(AuthException.class);
        }
    }

    @Test
    void aRevokedUsersChannelTokenOpensNothing() {
        String token = TestKeys.hmac(SECRET, claims().put("channel", "feed"));
        Outcome.of(revocations.revokeUser("alice", START.plusSeconds(1)));
        assertThat(Outcome.failureOf(authenticator.channelGrant(token, "alice")))
                .hasMessage("Token revoked");
    }

    @Test
    void aSlowVerificationComesBackOnTheCallersContext(Vertx vertx) {
        String token = TestKeys.signed("ES256", ec256.getPrivate(), claims());
        Context context = vertx.getOrCreateContext();
        Future<Boolean> same = Future.future(promise -> context.runOnContext(start -> authenticator
                .authenticate(token)
                .onComplete(done -> promise.complete(done.succeeded() && Vertx.currentContext() == context))));
        assertThat(Outcome.of(same)).isTrue();
    }

    @Test
    void aStormOfSlowTokensIsBounded() {
        String token = TestKeys.signed("ES256", ec256.getPrivate(), claims());
        List<Future<Object>> storm = new ArrayList<>();
        for (int i = 0; i < JwtAuthenticator.MAX_WAITING * 3; i++) {
            storm.add(authenticator
                    .authenticate(token)
                    .transform(done -> done.succeeded()
                            ? Future.succeededFuture("")
                            : Future.succeededFuture(((AuthException) done.cause()).kind())));
        }
        List<Object> outcomes = Outcome.of(Future.all(storm).map(all -> all.<Object>list()));
        assertThat(outcomes).containsOnly("", AuthException.Kind.BUSY);
        assertThat(outcomes.stream().filter(""::equals).count()).isGreaterThanOrEqualTo(JwtAuthenticator.MAX_WAITING);
        // And it is over when it is over.
        assertThat(Outcome.of(authenticator.authenticate(token)).userId()).isEqualTo("alice");
    }

    @Test
    void theNameOfAKeyChoosesAmongKeys(Vertx vertx) {
        AuthSettings settings = settings("", List.of(keys.resolve("jwks.json").toString()));
        KeyRing named = Outcome.of(KeyRing.load(vertx, settings, () -> now));
        JwtAuthenticator strict = new JwtAuthenticator(vertx, named, settings, revocations, () -> now);
        JsonObject header = new JsonObject().put("alg", "RS512");

        assertThat(Outcome.of(strict.authenticate(
                                TestKeys.signed(header.copy().put("kid", "first"), rsa.getPrivate(), claims())))
                        .userId())
                .isEqualTo("alice");
        assertThat(Outcome.of(strict.authenticate(TestKeys.signed(header, rsa.getPrivate(), claims())))
                        .userId())
                .isEqualTo("alice");
        assertThat(Outcome.failureOf(strict.authenticate(
                        TestKeys.signed(header.copy().put("kid", "other"), rsa.getPrivate(), claims()))))
                .hasMessage("Invalid token");
        assertThat(Outcome.failureOf(strict.authenticate(TestKeys.signed("RS256", rsa.getPrivate(), claims()))))
                .hasMessage("Invalid token");
        assertThat(Outcome.failureOf(strict.authenticate(TestKeys.hmac(SECRET, claims()))))
                .hasMessage("Invalid token");
        Outcome.of(Future.join(strict.close(), named.close()));
    }

    private static AuthSettings settings(String secret, List<String> files) {
        AuthSettings defaults = AuthSettings.DEFAULTS;
        return new AuthSettings(
                secret,
                files,
                defaults.reload(),
                "https://issuer",
                "carillon",
                Duration.ofSeconds(5),
                defaults.timeout(),
                defaults.grace(),
                defaults.accessLife(),
                defaults.refreshLife(),
                false);
    }

    private static JsonObject claims() {
        return new JsonObject()
                .put("iss", "https://issuer")
                .put("aud", "carillon")
                .put("sub", "alice")
                .put("iat", NOW)
                .put("exp", NOW + 600);
    }

    private static String pemName(KeyPair pair) {
        return Integer.toHexString(pair.getPublic().hashCode()) + ".pem";
    }

    /** A signed token whose claims are this very text. */
    private static String raw(String claims) {
        String header = TestKeys.encode(new JsonObject().put("alg", "HS256"));
        String body = Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(StandardCharsets.UTF_8));
        return TestKeys.hmacOver(SECRET, header + "." + body);
    }

    private Identity accepted(JsonObject claims) {
        return Outcome.of(authenticator.authenticate(TestKeys.hmac(SECRET, claims)));
    }

    private void refused(JsonObject claims, AuthException.Kind kind, String phrase) {
        refused(TestKeys.hmac(SECRET, claims), kind, phrase);
    }

    private void refused(String token, AuthException.Kind kind, String phrase) {
        assertThat(Outcome.failureOf(authenticator.authenticate(token)))
                .isInstanceOfSatisfying(AuthException.class, failure -> {
                    assertThat(failure.getMessage()).isEqualTo(phrase);
                    assertThat(failure.kind()).isEqualTo(kind);
                });
    }
}
