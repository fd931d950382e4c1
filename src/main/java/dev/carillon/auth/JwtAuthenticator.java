package dev.carillon.auth;

import dev.carillon.config.AuthSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Believes JSON Web Tokens. HMAC and RSA signatures take microseconds and are verified where the caller is; those on
 * elliptic curves take a hundred times as long and wait for a worker, so that a storm of logins does not stop sockets.
 *
 * <p>A token with {@code "typ": "refresh"} is a refresh token and one with a {@code channel} claim a channel token;
 * neither logs anybody in.
 */
public final class JwtAuthenticator implements Authenticator {
    public static final int MAX_TOKEN_CHARS = 8 * 1024;

    static final int MAX_WAITING = 1000;

    private final KeyRing keys;
    private final AuthSettings settings;
    private final Revocations revocations;
    private final InstantSource clock;
    private final WorkerExecutor workers;
    private final AtomicInteger waiting = new AtomicInteger();

    /** Opens a worker pool, ended by {@link #close}. */
    public JwtAuthenticator(
            Vertx vertx, KeyRing keys, AuthSettings settings, Revocations revocations, InstantSource clock) {
        this.keys = keys;
        this.settings = settings;
        this.revocations = revocations;
        this.clock = clock;
        // Half the processors at most: event loops need the others.
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        workers = vertx.createSharedWorkerExecutor("carillon-auth", threads);
    }

    @Override
    public Future<Identity> authenticate(String token) {
        return verify(token, Claims.Use.ACCESS).compose(claims -> unlessRevoked(claims.identity()));
    }

    @Override
    public Future<ChannelGrant> channelGrant(String token, String userKey) {
        return verify(token, Claims.Use.CHANNEL).compose(claims -> {
            Identity holder = claims.identity();
            ChannelGrant grant = new ChannelGrant(claims.channel(), holder.expiresAt());
            return holder.userKey().equals(userKey) ? unlessRevoked(holder).map(grant) : invalid();
        });
    }

    /** Ends the worker pool; tokens that wait for it fail. */
    public Future<Void> close() {
        return workers.close();
    }

    /** The claims of a token for one purpose: signature, times, issuer and audience are good, revocation is not asked. */
    Future<Claims> verify(String token, Claims.Use use) {
        if (token.length() > MAX_TOKEN_CHARS) {
            return Future.failedFuture(new AuthException(AuthException.Kind.INVALID, "Token too large"));
        }
        List<VerificationKey> candidates;
        try {
            candidates = keys.candidates(TokenHeader.of(token));
        } catch (RuntimeException malformed) {
            return invalid();
        }
        if (candidates.isEmpty()) {
            return invalid();
        }
        Future<JsonObject> signed =
                candidates.get(0).isSlow() ? verifyOnWorker(token, candidates) : verifyNow(token, candidates);
        return signed.map(json -> require(new Claims(json), use));
    }

    private static Future<JsonObject> verifyNow(String token, List<VerificationKey> candidates) {
        for (VerificationKey key : candidates) {
            JsonObject claims = key.verify(token);
            if (claims != null) {
                return Future.succeededFuture(claims);
            }
        }
        return invalid();
    }

    private Future<JsonObject> verifyOnWorker(String token, List<VerificationKey> candidates) {
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            return busy();
        }
        Future<Future<JsonObject>> taken;
        try {
            taken = workers.executeBlocking(() -> verifyNow(token, candidates), false);
        } catch (RuntimeException closed) {
            taken = Future.failedFuture(closed);
        }
        return taken.onComplete(done -> waiting.decrementAndGet())
                .recover(closed -> busy())
                .compose(verified -> verified);
    }

    private Claims require(Claims claims, Claims.Use use) {
        claims.requireTimes(clock.instant(), settings.leeway());
        claims.requireOrigin(settings.issuer(), settings.audience());
        if (claims.use() != use) {
            throw new AuthException(AuthException.Kind.INVALID, "Invalid token: made for another use");
        }
        return claims;
    }

    private Future<Identity> unlessRevoked(Identity who) {
        boolean revoked;
        try {
            revoked = revocations.isRevoked(who);
        } catch (RuntimeException unavailable) {
            return busy();
        }
        return revoked
                ? Future.failedFuture(new AuthException(AuthException.Kind.REVOKED, "Token revoked"))
                : Future.succeededFuture(who);
    }

    private static <T> Future<T> invalid() {
        return Future.failedFuture(new AuthException(AuthException.Kind.INVALID, "Invalid token"));
    }

    private static <T> Future<T> busy() {
        return Future.failedFuture(new AuthException(AuthException.Kind.BUSY, "Try again later"));
    }
}
