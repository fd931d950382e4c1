package dev.carillon.auth;

import dev.carillon.config.AuthSettings;
import dev.carillon.config.ConfigException;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.UUID;

/**
 * Makes tokens with {@code auth.secret} (HS256) that every node of the same settings believes. Safe on any thread.
 * Claims given by the caller are copied; those that the signer sets itself are replaced.
 */
public final class TokenSigner {
    /** What the signer sets, and what would change the meaning of a token. */
    static final Set<String> OWN_CLAIMS = Set.of(
            "iss", "aud", "sub", "jti", "iat", "exp", "nbf", "channel", "token_type", Claims.TYPE, Claims.FAMILY);

    private final JWTAuth signer;
    private final AuthSettings settings;
    private final InstantSource clock;

    /** @throws ConfigException if {@code auth.secret} is not set */
    public TokenSigner(Vertx vertx, AuthSettings settings, InstantSource clock) {
        if (settings.secret().isEmpty()) {
            throw new ConfigException("auth.secret must be set to sign tokens; make one with: openssl rand -base64 48");
        }
        this.settings = settings;
        this.clock = clock;
        signer = JWTAuth.create(
                vertx,
                new JWTAuthOptions()
                        .addPubSecKey(
                                new PubSecKeyOptions().setAlgorithm("HS256").setBuffer(settings.secret())));
    }

    /** A token that logs its user in. */
    public String access(String userId, JsonObject claims, Duration life) {
        return sign(accessClaims(userId, claims, life));
    }

    /**
     * A token that is good for one {@link RefreshTokens#refresh}, for as long as {@code auth.refresh-life}.
     *
     * @param claims what the access tokens made from it will say
     */
    public String refresh(String userId, JsonObject claims) {
        return sign(refreshClaims(userId, claims, UUID.randomUUID().toString()));
    }

    /**
     * A token that opens one channel to its user.
     *
     * @param channel a name, or a beginning ended by {@code *}
     */
    public String channel(String userId, String channel, Duration life) {
        return sign(base(userId, new JsonObject(), life)
                .put(Claims.TYPE, Claims.CHANNEL_TYPE)
                .put("channel", channel));
    }

    JsonObject accessClaims(String userId, JsonObject claims, Duration life) {
        return base(userId, claims, life);
    }

    JsonObject refreshClaims(String userId, JsonObject claims, String family) {
        return base(userId, claims, settings.refreshLife())
                .put(Claims.TYPE, Claims.REFRESH_TYPE)
                .put(Claims.FAMILY, family);
    }

    String sign(JsonObject claims) {
        // Vert.x would add times of its own clock.
        return signer.generateToken(
                claims.copy(), new JWTOptions().setAlgorithm("HS256").setNoTimestamp(true));
    }

    private JsonObject base(String userId, JsonObject claims, Duration life) {
        if (!Claims.isUserId(userId)) {
            throw new IllegalArgumentException("a user id must be 1 to " + Claims.MAX_USER_ID_BYTES
                    + " bytes without white space or control characters");
        }
        Instant now = clock.instant();
        JsonObject token = new Claims(claims)
                .application()
                .put("sub", userId)
                .put("jti", UUID.randomUUID().toString())
                // With milliseconds, so that a token made right after its user was revoked is not taken for an old one.
                .put("iat", BigDecimal.valueOf(now.toEpochMilli(), 3))
                .put("exp", Math.floorDiv(now.plus(life).toEpochMilli() + 999, 1000L));
        if (!settings.issuer().isEmpty()) {
            token.put("iss", settings.issuer());
        }
        if (!settings.audience().isEmpty()) {
            token.put("aud", settings.audience());
        }
        return token;
    }
}
