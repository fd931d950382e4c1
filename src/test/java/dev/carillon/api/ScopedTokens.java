package dev.carillon.api;

import dev.carillon.auth.AuthException;
import dev.carillon.auth.Authenticator;
import dev.carillon.auth.ChannelGrant;
import dev.carillon.auth.Identity;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Believes {@code api} with the scope and {@code user} without it; {@code busy} waits for nothing; later, as a verifier does. */
record ScopedTokens(Vertx vertx) implements Authenticator {
    @Override
    public Future<Identity> authenticate(String token) {
        Promise<Identity> promise = Promise.promise();
        vertx.runOnContext(turn -> {
            switch (token) {
                case "api" -> promise.complete(identity(Set.of("other", Identity.API_SCOPE)));
                case "user" -> promise.complete(identity(Set.of()));
                case "busy" -> promise.fail(new AuthException(AuthException.Kind.BUSY, "busy"));
                default -> promise.fail(new AuthException(AuthException.Kind.INVALID, "Invalid token"));
            }
        });
        return promise.future();
    }

    @Override
    public Future<ChannelGrant> channelGrant(String token, String userId) {
        return Future.failedFuture(new AuthException(AuthException.Kind.INVALID, "Invalid token"));
    }

    private static Identity identity(Set<String> scopes) {
        return new Identity("", "u", "", Instant.EPOCH, Instant.MAX, List.of(), List.of(), scopes, "{}");
    }
}
