package dev.carillon.auth;

import io.vertx.core.Future;

/** Tokens to identities. Safe on any thread; a future completes on the caller's context. */
public interface Authenticator {
    /** Verifies signature, times, issuer, audience and revocation; fails with {@link AuthException}. */
    Future<Identity> authenticate(String token);

    /** The channel that a channel token of the user with this key opens; fails with {@link AuthException}. */
    Future<ChannelGrant> channelGrant(String token, String userKey);
}
