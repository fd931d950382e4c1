package dev.carillon.auth;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;

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

    /** Marks a one-time token as used; false if it was first used {@link #USE_AGAIN} ago or earlier. */
    Future<Boolean> useOnce(String tokenId, Instant until);
}
