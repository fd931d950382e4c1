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
import java.util.List;
import java.util.Map;

/** Who may call {@code /api}: the holder of a key, or of a token with the scope. Safe on any thread. */
final class ApiAccess {
    private static final String KEY_HEADER = "X-API-Key";
    private static final String BEARER = "Bearer ";
    private static final String CHALLENGE = "Bearer realm=\"carillon\"";

    private final Authenticator authenticator;
    private final List<byte[]> keyDigests;

    ApiAccess(Authenticator authenticator, ApiSettings settings) {
        this.authenticator = authenticator;
        this.keyDigests = settings.keys().stream().map(ApiAccess::digest).toList();
    }

    /** Fails with a {@link Refusal} unless the request may go on. */
    Future<Void> check(HttpServerRequest request) {
        String key = request.getHeader(KEY_HEADER);
        if (key != null) {
            return isKey(key)
                    ? Future.succeededFuture()
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

    private static Future<Void> requireScope(Identity who) {
        return who.scopes().contains(Identity.API_SCOPE)
                ? Future.succeededFuture()
                : Future.failedFuture(new Refusal(
                        403,
                        ErrorCode.PERMISSION_DENIED,
                        "the token's scope must hold " + Identity.API_SCOPE,
                        Map.of(
                                HttpHeaderNames.WWW_AUTHENTICATE,
                                CHALLENGE + ", error=\"insufficient_scope\", scope=\"" + Identity.API_SCOPE + "\"")));
    }

    // Digests are of one length, and every key is looked at: the time tells nothing of the keys.
    private boolean isKey(String key) {
        byte[] digest = digest(key);
        boolean found = false;
        for (byte[] known : keyDigests) {
            found |= MessageDigest.isEqual(known, digest);
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
