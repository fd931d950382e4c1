package dev.carillon.auth;

import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Revocations of one process that forget nothing. */
public final class MemoryRevocations implements Revocations {
    private final Map<String, Instant> tokens = new ConcurrentHashMap<>();
    private final Map<String, Instant> users = new ConcurrentHashMap<>();
    private final Map<String, Instant> used = new ConcurrentHashMap<>();
    private final InstantSource clock;

    public MemoryRevocations(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public boolean isRevoked(Identity who) {
        return tokens.containsKey(who.tokenId())
                || who.issuedAt().isBefore(users.getOrDefault(who.userId(), Instant.MIN));
    }

    @Override
    public Future<Void> revokeToken(String tokenId, Instant until) {
        tokens.put(tokenId, until);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> revokeUser(String userId, Instant before) {
        users.put(userId, before);
        return Future.succeededFuture();
    }

    @Override
    public Future<Boolean> useOnce(String tokenId, Instant until) {
        Instant first = used.putIfAbsent(tokenId, clock.instant());
        return Future.succeededFuture(first == null || clock.instant().isBefore(first.plus(USE_AGAIN)));
    }

    @Override
    public Future<Void> revokeAll(String tenant, Instant before) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> block(String userKey, @Nullable Instant until) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> unblock(String userKey) {
        throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable Instant blockedUntil(String userKey) {
        return null;
    }
}
