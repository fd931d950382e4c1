package dev.carillon.auth;

import dev.carillon.channel.Tenant;
import dev.carillon.config.AuthSettings;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trades a refresh token for a new access token and the next refresh token. Each is good once: one that comes back
 * later than {@link Revocations#USE_AGAIN} after its first use was stolen, from its owner or by them, and ends its
 * family, the line of refresh tokens that began with one login. Access tokens of the family live on for
 * {@code auth.access-life} at most. Safe on any thread.
 */
public final class RefreshTokens {
    private static final Logger LOG = LoggerFactory.getLogger(RefreshTokens.class);
    private static final String FAMILY_PREFIX = "family:";

    private final JwtAuthenticator authenticator;
    private final TokenSigner signer;
    private final Revocations revocations;
    private final AuthSettings settings;
    private final InstantSource clock;

    public RefreshTokens(
            JwtAuthenticator authenticator,
            TokenSigner signer,
            Revocations revocations,
            AuthSettings settings,
            InstantSource clock) {
        this.authenticator = authenticator;
        this.signer = signer;
        this.revocations = revocations;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * What a login or a refresh gives.
     *
     * @param identity what {@code access} says
     */
    public record Pair(
            String access, String refresh, Identity identity, Instant accessExpiresAt, Instant refreshExpiresAt) {}

    /** The first pair of a user who has just logged in, the beginning of a family. */
    public Pair issue(String userId, JsonObject claims) {
        return issue(userId, claims, UUID.randomUUID().toString());
    }

    /**
     * The next pair. Fails with {@link AuthException}, or with {@link dev.carillon.channel.UnavailableException} if the
     * cluster cannot tell whether the token was used before.
     */
    public Future<Pair> refresh(String refreshToken) {
        return authenticator.verify(refreshToken, Claims.Use.REFRESH).compose(this::rotate);
    }

    private Future<Pair> rotate(Claims token) {
        Identity holder = token.identity();
        if (holder.tokenId().isEmpty()) {
            return Future.failedFuture(new AuthException(AuthException.Kind.INVALID, "Invalid token: no jti"));
        }
        if (revocations.isRevoked(holder) || revocations.isRevoked(asFamily(holder, token.family()))) {
            return revoked();
        }
        return revocations
                .useOnce(holder.tokenKey(), holder.expiresAt())
                .compose(good -> good
                        ? Future.succeededFuture(issue(holder.userId(), token.application(), token.family()))
                        : endFamily(holder, token.family()));
    }

    private Pair issue(String userId, JsonObject claims, String family) {
        JsonObject access = signer.accessClaims(userId, claims, settings.accessLife());
        JsonObject refresh = signer.refreshClaims(userId, claims, family);
        Identity identity = new Claims(access).identity();
        return new Pair(
                signer.sign(access),
                signer.sign(refresh),
                identity,
                identity.expiresAt(),
                new Claims(refresh).expiresAt());
    }

    private Future<Pair> endFamily(Identity holder, String family) {
        LOG.warn("a used refresh token of user {} came back; its family is revoked", holder.userId());
        // No token of the family can have been made later than now.
        return revocations
                .revokeToken(
                        Tenant.key(holder.tenant(), FAMILY_PREFIX + family),
                        clock.instant().plus(settings.refreshLife()))
                .onFailure(cause -> LOG.warn("the family of user {} could not be revoked", holder.userId(), cause))
                .transform(done -> revoked());
    }

    /** Families are revoked as tokens are, under names that no token has. */
    private static Identity asFamily(Identity holder, String family) {
        return new Identity(
                holder.tenant(),
                holder.userId(),
                FAMILY_PREFIX + family,
                holder.issuedAt(),
                holder.expiresAt(),
                List.of(),
                List.of(),
                Set.of(),
                "{}");
    }

    private static Future<Pair> revoked() {
        return Future.failedFuture(new AuthException(AuthException.Kind.REVOKED, "Token revoked"));
    }
}
