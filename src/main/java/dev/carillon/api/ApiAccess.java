package dev.carillon.api;

import dev.carillon.auth.Authenticator;
import dev.carillon.auth.Identity;
import dev.carillon.config.ApiSettings;
import dev.carillon.protocol.ErrorCode;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who may call {@code /api}: the holder of a key, or of a token with the scope. Safe on any thread. */
final class ApiAccess {
    private static final String KEY_HEADER = "X-API-Key";
    private static final String BEARER = "Bearer ";
    private static final String CHALLENGE = "Bearer realm=\"carillon\"";

    private final Authenticator authenticator;
    private final List<Key> keys;

    private record Key(byte[] digest, Caller holder) {}

    ApiAccess(Authenticator authenticator, ApiSettings settings) {
        this.authenticator = authenticator;
        List<Key> known = new ArrayList<>();
        settings.keysByName().forEach((name, key) -> known.add(new Key(digest(key), Caller.key(name))));
        settings.tenantKeys().forEach(key -> known.add(ofTenant(key)));
        this.keys = known;
    }

    private static Key ofTenant(String key) {
        int colon = key.indexOf(':');
        return new Key(digest(key.substring(colon + 1)), Caller.keyOf(key.substring(0, colon)));
    }

    /** Fails with a {@link Refusal} unless the request may go on. */
    Future<Caller> check(HttpServerRequest request) {
        String key = request.getHeader(KEY_HEADER);
        if (key != null) {
            Caller holder = holderOf(key);
            return holder != null
                    ? Future.succeededFuture(holder)
                    : Future.failedFuture(Refusal.unauthenticated("X-API-Key is not a key of this node", CHALLENGE));
        }
        String authorization = request.getHeader(HttpHeaderNames.AUTHORIZATION);
        if (authorization == null || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return Future.failedFuture(Refusal.unauthenticated("X-API-Key or a bearer token is required", CHALLENGE));
        }
        return authenticator
                .authenticate(authorization.substring(BEARER.length()).trim())
                .compose(ApiAccess::requireScope);
    }

    private static Future<Caller> requireScope(Identity who) {
        return who.scopes().contains(Identity.API_SCOPE)
                ? Future.succeededFuture(Caller.token(who))
                : Future.failedFuture(new Refusal(
                        403,
                        ErrorCode.PERMISSION_DENIED,
                        "the token's scope must hold " + Identity.API_SCOPE,
                        Map.of(
                                HttpHeaderNames.WWW_AUTHENTICATE,
                                CHALLENGE + ", error=\"insufficient_scope\", scope=\"" + Identity.API_SCOPE + "\"")));
    }

    // Digests are of one length, and every key is looked at: the time tells nothing of the keys.
    private @Nullable Caller holderOf(String key) {
        byte[] digest = digest(key);
        Caller found = null;
        for (Key known : keys) {
            if (MessageDigest.isEqual(known.digest(), digest)) {
                found = known.holder();
            }
        }
        return found;
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
