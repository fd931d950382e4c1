package dev.carillon.verticle;

import dev.carillon.auth.Authenticator;
import dev.carillon.auth.JwtAuthenticator;
import dev.carillon.auth.KeyRing;
import dev.carillon.auth.RefreshTokens;
import dev.carillon.auth.Revocations;
import dev.carillon.auth.TokenSigner;
import dev.carillon.config.AuthSettings;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holds the keys of this node: reads them at the start, which fails with
 * {@link dev.carillon.config.ConfigException} if it cannot, and again every {@code auth.reload}. What it hands out may
 * be used on any thread from the end of its start to the beginning of its stop.
 */
public final class AuthVerticle extends VerticleBase {
    private final AuthSettings settings;
    private final Revocations revocations;
    private final InstantSource clock;

    private volatile @Nullable Parts parts;
    private boolean stopping;
    private long reloadTimer;

    public AuthVerticle(AuthSettings settings, Revocations revocations, InstantSource clock) {
        this.settings = settings;
        this.revocations = revocations;
        this.clock = clock;
    }

    private record Parts(
            KeyRing keys,
            JwtAuthenticator authenticator,
            Optional<TokenSigner> signer,
            Optional<RefreshTokens> refreshTokens) {}

    @Override
    public Future<?> start() {
        return KeyRing.load(vertx, settings, clock).map(keys -> {
            parts = assemble(keys);
            scheduleReload(keys);
            return keys;
        });
    }

    @Override
    public Future<?> stop() {
        stopping = true;
        vertx.cancelTimer(reloadTimer);
        Parts open = parts;
        return open == null ? Future.succeededFuture() : Future.join(open.authenticator.close(), open.keys.close());
    }

    /** @throws IllegalStateException before the start has completed */
    public Authenticator authenticator() {
        return parts().authenticator;
    }

    /** Signs tokens; empty without {@code auth.secret}. */
    public Optional<TokenSigner> signer() {
        return parts().signer;
    }

    /** Rotates refresh tokens; empty without {@code auth.secret}. */
    public Optional<RefreshTokens> refreshTokens() {
        return parts().refreshTokens;
    }

    /** Reads the keys again now. A source that cannot be read keeps its old keys; the future does not fail. */
    Future<Void> reload() {
        return parts().keys.reload();
    }

    private Parts parts() {
        Parts started = parts;
        if (started == null) {
            throw new IllegalStateException("the keys have not been read yet");
        }
        return started;
    }

    private Parts assemble(KeyRing keys) {
        JwtAuthenticator authenticator = new JwtAuthenticator(vertx, keys, settings, revocations, clock);
        Optional<TokenSigner> signer =
                settings.secret().isEmpty() ? Optional.empty() : Optional.of(new TokenSigner(vertx, settings, clock));
        return new Parts(
                keys,
                authenticator,
                signer,
                signer.map(made -> new RefreshTokens(authenticator, made, revocations, settings, clock)));
    }

    // One shot, then again: a slow source must not have readings pile up.
    private void scheduleReload(KeyRing keys) {
        if (!stopping && !settings.keys().isEmpty()) {
            reloadTimer = vertx.setTimer(
                    settings.reload().toMillis(), due -> keys.reload().onComplete(read -> scheduleReload(keys)));
        }
    }
}
