package dev.carillon.api;

import dev.carillon.auth.RefreshTokens;
import dev.carillon.auth.TokenSigner;
import dev.carillon.config.AuthSettings;
import dev.carillon.protocol.ProtocolException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Tokens for whom somebody else has logged in. Safe on any thread. */
public final class Tokens {
    private final RefreshTokens refreshTokens;
    private final TokenSigner signer;
    private final AuthSettings settings;
    private final InstantSource clock;

    public Tokens(RefreshTokens refreshTokens, TokenSigner signer, AuthSettings settings, InstantSource clock) {
        this.refreshTokens = refreshTokens;
        this.signer = signer;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * What a login or a refresh gives.
     *
     * @param expiresAt when the access token does
     * @param refresh null if none was asked for, and then without an end
     */
    record Grant(
            String userId,
            String access,
            Instant expiresAt,
            @Nullable String refresh,
            @Nullable Instant refreshExpiresAt) {}

    /** Of access tokens that nobody gave another life. */
    Duration life() {
        return settings.accessLife();
    }

    /** Of refresh tokens; no access token may live longer. */
    Duration refreshLife() {
        return settings.refreshLife();
    }

    /** @param life of the access token; what it is renewed to has the life that the settings say */
    Grant issue(String userId, JsonObject claims, Duration life, boolean renewable) {
        try {
            Instant expiresAt = clock.instant().plus(life);
            String access = signer.access(userId, claims, life);
            if (!renewable) {
                return new Grant(userId, access, expiresAt, null, null);
            }
            RefreshTokens.Pair pair = refreshTokens.issue(userId, claims);
            return new Grant(userId, access, expiresAt, pair.refresh(), pair.refreshExpiresAt());
        } catch (IllegalArgumentException refused) {
            throw ProtocolException.field("user_id", 0, "is no user's id: " + refused.getMessage());
        }
    }

    /** Fails as {@link RefreshTokens#refresh} does. */
    Future<Grant> refresh(String refreshToken) {
        return refreshTokens
                .refresh(refreshToken)
                .map(pair -> new Grant(
                        pair.identity().userId(),
                        pair.access(),
                        pair.accessExpiresAt(),
                        pair.refresh(),
                        pair.refreshExpiresAt()));
    }
}
