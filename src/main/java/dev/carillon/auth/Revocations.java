package dev.carillon.auth;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Tokens that are no longer believed, known to every node and outliving each. Asking is local and cheap. */
public interface Revocations {
    /** Time after its first use in which a one-time token is good again: two tabs of a browser share one cookie. */
    Duration USE_AGAIN = Duration.ofSeconds(10);

    boolean isRevoked(Identity who);

    /**
     * Revokes one token.
     *
     * @param tokenId {@link Identity#tokenKey()}
     * @param until when the token expires by itself and may be forgotten
     */
    Future<Void> revokeToken(String tokenId, Instant until);

    /**
     * Revokes every token of the user issued before {@code before}.
     *
     * @param userKey {@link Identity#userKey()}
     */
    Future<Void> revokeUser(String userKey, Instant before);

    /** Revokes every token of every user of a tenant, or of all who have none, issued before {@code before}. */
    Future<Void> revokeAll(String tenant, Instant before);

    /**
     * Believes no token of the user, however new.
     *
     * @param until when the user is let in again by itself; null for never
     */
    Future<Void> block(String userKey, @Nullable Instant until);

    /** Undoes a block; nothing happens if there is none. */
    Future<Void> unblock(String userKey);

    /** Until when a user is blocked, {@link Instant#MAX} for ever; null if the user is not. */
    @Nullable
    Instant blockedUntil(String userKey);

    /** Marks a one-time token as used; false if it was first used {@link #USE_AGAIN} ago or earlier. */
    Future<Boolean> useOnce(String tokenId, Instant until);
}
