package dev.carillon.api;

import dev.carillon.auth.AuthException;
import dev.carillon.auth.Authenticator;
import dev.carillon.config.ApiSettings;
import dev.carillon.protocol.ErrorCode;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /api/token} makes tokens for an application's own login; {@code POST /api/token/refresh/} trades a
 * browser's refresh cookie for the next access token.
 */
public final class TokenRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(TokenRoutes.class);
    private static final int MAX_CLAIMED_CHANNELS = 1000;
    private static final String REFRESH = "/api/token/refresh";

    private final Tokens tokens;
    private final ApiAccess access;
    private final Endpoints endpoints;
    private final CookieOrigins origins;

    /** @param origins sites besides the node's own whose pages may refresh: {@code http.origins} */
    public TokenRoutes(Tokens tokens, Authenticator authenticator, ApiSettings settings, List<String> origins) {
        this.tokens = tokens;
        this.access = new ApiAccess(authenticator, settings);
        this.endpoints = new Endpoints(settings.maxBodyBytes());
        this.origins = new CookieOrigins(origins);
    }

    public void mount(Router router) {
        router.options(REFRESH).handler(this::preflight).failureHandler(Endpoints::failed);
        endpoints.open(router, REFRESH, this::refresh);
        Call.Operation audited = AuditLog.of("token", call -> "user:" + Users.named(call.body()), this::issue);
        // Those that open no more than an application are made at each login.
        endpoints.restricted(
                router, "/api/token", access, call -> call.body().has("scope") ? audited.run(call) : issue(call));
    }

    private Future<Answer.Token> refresh(Call call) {
        RoutingContext http = call.http();
        origins.require(http.request());
        origins.admit(http.request(), http.response());
        String refreshToken = RefreshCookie.read(http);
        if (refreshToken == null) {
            throw new AuthException(AuthException.Kind.INVALID, "no refresh cookie");
        }
        // The cookie stays where a token is refused: another tab may just have replaced it.
        return tokens.refresh(refreshToken).map(grant -> {
            RefreshCookie.set(http, grant, tokens.refreshLife());
            return Answer.Token.ofBrowser(grant);
        });
    }

    private void preflight(RoutingContext http) {
        origins.require(http.request());
        origins.admit(http.request(), http.response());
        http.response()
                .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, "POST")
                .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, "content-type")
                .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, "600")
                .setStatusCode(204)
                .end()
                .onFailure(gone -> LOG.debug("the browser did not wait for its answer", gone));
    }

    private Future<Answer.Token> issue(Call call) {
        Fields body = call.body();
        String userId = body.string("user_id", Fields.MAX_NAME_BYTES);
        JsonObject claims = new JsonObject();
        String info = body.objectText("info");
        if (info != null) {
            claims.put("info", new JsonObject(info));
        }
        String scope = scope(call);
        if (scope != null) {
            claims.put("scope", scope);
        }
        if (!body.tenant().isEmpty()) {
            claims.put("tenant", body.tenant());
        }
        putNames(claims, "channels", body);
        putNames(claims, "publish", body);
        Tokens.Grant grant = tokens.issue(userId, claims, life(body), body.flag("refresh"));
        RefreshCookie.set(call.http(), grant, tokens.refreshLife());
        return Future.succeededFuture(Answer.Token.ofServer(grant));
    }

    private static @Nullable String scope(Call call) {
        String scope = call.body().optionalString("scope", Fields.MAX_NAME_BYTES);
        if (scope != null && !Arrays.stream(scope.trim().split("\\s+")).allMatch(call.caller()::mayGrant)) {
            throw new Refusal(
                    HttpResponseStatus.FORBIDDEN, ErrorCode.PERMISSION_DENIED, "scope holds what the caller has not");
        }
        return scope;
    }

    private Duration life(Fields body) {
        long seconds = body.integer("ttl", 1, tokens.refreshLife().toSeconds(), 0);
        return seconds == 0 ? tokens.life() : Duration.ofSeconds(seconds);
    }

    private static void putNames(JsonObject claims, String name, Fields body) {
        Set<String> names = body.strings(name, MAX_CLAIMED_CHANNELS);
        if (!names.isEmpty()) {
            claims.put(name, new JsonArray(List.copyOf(names)));
        }
    }
}
