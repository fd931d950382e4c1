package dev.carillon.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.config.AuthSettings;
import dev.carillon.config.ConfigException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tokens this node signs, and their rotation. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class RefreshTokensTest {
    private static final String SECRET = "a secret of more than thirty-two bytes, for tests";
    private static final Instant START = Instant.parse("2026-01-28T10:00:00.250Z");
    private static final JsonObject CLAIMS = new JsonObject()
            .put("channels", new JsonArray().add("feed"))
            .put("info", new JsonObject().put("name", "Alice"));

    private volatile Instant now = START;
    private final MemoryRevocations revocations = new MemoryRevocations(() -> now);
    private KeyRing ring;
    private JwtAuthenticator authenticator;
    private TokenSigner signer;
    private RefreshTokens tokens;

    @BeforeEach
    void start(Vertx vertx) {
        AuthSettings settings = settings(SECRET);
        ring = Outcome.of(KeyRing.load(vertx, settings, () -> now));
        authenticator = new JwtAuthenticator(vertx, ring, settings, revocations, () -> now);
        signer = new TokenSigner(vertx, settings, () -> now);
        tokens = new RefreshTokens(authenticator, signer, revocations, settings, () -> now);
    }

    @AfterEach
    void stop() {
        Outcome.of(Future.join(authenticator.close(), ring.close()));
    }

    @Test
    void anAccessTokenSaysWhatItWasGiven() {
        Identity who = Outcome.of(authenticator.authenticate(signer.access("alice", CLAIMS, Duration.ofMinutes(1))));
        assertThat(who.userId()).isEqualTo("alice");
        assertThat(who.channels()).containsExactly("feed");
        assertThat(who.info()).isEqualTo("{\"name\":\"Alice\"}");
        assertThat(who.tokenId()).isNotEmpty();
        assertThat(who.issuedAt()).isEqualTo(START);
        assertThat(who.expiresAt()).isEqualTo(Instant.parse("2026-01-28T10:01:01Z"));
        assertThat(claimsOf(signer.access("alice", CLAIMS, Duration.ofMinutes(1)))
                        .getString("jti"))
                .isNotEqualTo(who.tokenId());
    }

    @Test
    void aCallerCannotChangeWhatTheSignerSets() {
        JsonObject claims = new JsonObject();
        for (String own : TokenSigner.OWN_CLAIMS) {
            claims.put(own, "forged");
        }
        JsonObject signed = claimsOf(signer.access("alice", claims, Duration.ofMinutes(1)));
        assertThat(signed.fieldNames()).containsExactlyInAnyOrder("iss", "aud", "sub", "jti", "iat", "exp");
        assertThat(signed.encode()).doesNotContain("forged");
        assertThat(claims.getString("sub")).as("the caller's claims").isEqualTo("forged");
    }

    @Test
    void aTokenMadeRightAfterARevocationIsGood() {
        String old = signer.access("alice", CLAIMS, Duration.ofMinutes(1));
        now = START.plusMillis(1);
        Outcome.of(revocations.revokeUser("alice", now));
        String fresh = signer.access("alice", CLAIMS, Duration.ofMinutes(1));
        assertThat(Outcome.of(authenticator.authenticate(fresh)).userId()).isEqualTo("alice");
        assertThat(Outcome.failureOf(authenticator.authenticate(old))).hasMessage("Token revoked");
    }

    @Test
    void aChannelTokenOpensItsChannelAndNothingElse() {
        String token = signer.channel("alice", "messages:42", Duration.ofMinutes(1));
        assertThat(Outcome.of(authenticator.channelGrant(token, "alice")).channel())
                .isEqualTo("messages:42");
        assertThat(Outcome.failureOf(authenticator.authenticate(token)))
                .hasMessage("Invalid token: made for another use");
        assertThat(Outcome.failureOf(tokens.refresh(token))).hasMessage("Invalid token: made for another use");
    }

    @Test
    void tokensAreSignedOnlyForUserIdsThatAreGood() {
        for (String userId : List.of("", "a b", "a".repeat(129))) {
            assertThatThrownBy(() -> signer.access(userId, CLAIMS, Duration.ofMinutes(1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void withoutASecretNothingIsSigned(Vertx vertx) {
        assertThatThrownBy(() -> new TokenSigner(vertx, settings(""), () -> now))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("auth.secret must be set");
    }

    @Test
    void aRefreshTokenIsNoAccessTokenAndTheReverse() {
        assertThat(Outcome.failureOf(authenticator.authenticate(signer.refresh("alice", CLAIMS))))
                .isInstanceOf(AuthException.class);
        assertThat(Outcome.failureOf(tokens.refresh(signer.access("alice", CLAIMS, Duration.ofMinutes(1)))))
                .isInstanceOf(AuthException.class);
    }

    @Test
    void aRefreshTokenIsTradedForAPairThatSaysTheSame() {
        now = START.plusSeconds(100);
        RefreshTokens.Pair pair = refresh(tokens.issue("alice", CLAIMS).refresh());
        assertThat(pair.accessExpiresAt()).isEqualTo(Instant.parse("2026-01-28T10:16:41Z"));
        assertThat(pair.refreshExpiresAt()).isEqualTo(Instant.parse("2026-02-27T10:01:41Z"));
        assertThat(Outcome.of(authenticator.authenticate(pair.access()))).isEqualTo(pair.identity());
        assertThat(pair.identity().channels()).containsExactly("feed");
        assertThat(refresh(pair.refresh()).identity().info()).isEqualTo("{\"name\":\"Alice\"}");
    }

    @Test
    void twoTabsThatRefreshTogetherBothGetAPair() {
        String shared = signer.refresh("alice", CLAIMS);
        RefreshTokens.Pair first = refresh(shared);
        now = now.plus(Revocations.USE_AGAIN).minusMillis(1);
        RefreshTokens.Pair second = refresh(shared);
        assertThat(second.refresh()).isNotEqualTo(first.refresh());
        assertThat(refresh(first.refresh()).identity().userId()).isEqualTo("alice");
        assertThat(refresh(second.refresh()).identity().userId()).isEqualTo("alice");
    }

    @Test
    void aUsedTokenThatComesBackEndsItsFamilyAndNoOther() {
        String elsewhere = signer.refresh("alice", CLAIMS);
        String stolen = signer.refresh("alice", CLAIMS);
        String child = refresh(stolen).refresh();
        String grandchild = refresh(child).refresh();
        now = now.plus(Revocations.USE_AGAIN);
        assertThat(Outcome.failureOf(tokens.refresh(stolen)))
                .isInstanceOfSatisfying(
                        AuthException.class,
                        refused -> assertThat(refused.kind()).isEqualTo(AuthException.Kind.REVOKED));
        assertThat(Outcome.failureOf(tokens.refresh(grandchild))).hasMessage("Token revoked");
        assertThat(refresh(elsewhere).identity().userId()).isEqualTo("alice");
    }

    @Test
    void aRevokedUserRefreshesNothing() {
        String token = signer.refresh("alice", CLAIMS);
        Outcome.of(revocations.revokeUser("alice", START.plusMillis(1)));
        assertThat(Outcome.failureOf(tokens.refresh(token))).hasMessage("Token revoked");
    }

    @Test
    void anExpiredRefreshTokenIsRefused() {
        String token = signer.refresh("alice", CLAIMS);
        now = START.plus(AuthSettings.DEFAULTS.refreshLife()).plusSeconds(6);
        assertThat(Outcome.failureOf(tokens.refresh(token))).hasMessage("Token expired");
    }

    @Test
    void aRefreshTokenWithoutIdCannotBeMarkedAndIsRefused() {
        JsonObject claims = claimsOf(signer.refresh("alice", CLAIMS));
        claims.remove("jti");
        assertThat(Outcome.failureOf(tokens.refresh(TestKeys.hmac(SECRET, claims))))
                .hasMessage("Invalid token: no jti");
    }

    private RefreshTokens.Pair refresh(String token) {
        return Outcome.of(tokens.refresh(token));
    }

    private static JsonObject claimsOf(String token) {
        return new JsonObject(new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8));
    }

    private static AuthSettings settings(String secret) {
        AuthSettings defaults = AuthSettings.DEFAULTS;
        return new AuthSettings(
                secret,
                List.of(),
                defaults.reload(),
                "https://issuer",
                "carillon",
                defaults.leeway(),
                defaults.timeout(),
                defaults.grace(),
                defaults.accessLife(),
                defaults.refreshLife(),
                false);
    }
}
