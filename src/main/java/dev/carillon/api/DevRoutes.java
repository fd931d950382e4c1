package dev.carillon.api;

import dev.carillon.auth.Authenticator;
import dev.carillon.config.BusSettings;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.session.Requests;
import dev.carillon.session.Requests.RequestFailure;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.StaticHandler;
import java.time.Duration;
import java.util.List;

/**
 * Development mode: logs anybody in as anybody, shows the demo at {@code /}, and stands for the application's own HTTP
 * API: {@code /dev/request} puts a request to a verticle, for pages without the client library. Never mounted otherwise.
 */
public final class DevRoutes {
    private static final int MAX_BODY_BYTES = 4 * 1024;
    private static final int MAX_DISPLAY_BYTES = 128;
    private static final String POLICY = "default-src 'self'; connect-src 'self' ws: wss: http: https:; "
            + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String BEARER = "Bearer ";
    private static final String OVER_HTTP = "http";
    private static final String NOT_BUILT = """
            This node runs in development mode, and its demo was not built.
            It needs Node.js 20.19 or newer with npm: install them, run scripts/demo, and start the node again with scripts/run.
            """;

    private final Tokens tokens;
    private final Authenticator authenticator;
    private final Requests requests;
    private final BusSettings bus;
    private final Endpoints endpoints = new Endpoints(MAX_BODY_BYTES);
    private final CookieOrigins origins = new CookieOrigins(List.of());

    public DevRoutes(Tokens tokens, Authenticator authenticator, Requests requests, BusSettings bus) {
        this.tokens = tokens;
        this.authenticator = authenticator;
        this.requests = requests;
        this.bus = bus;
    }

    public void mount(Router router) {
        endpoints.open(router, "/dev/login", this::login);
        endpoints.open(router, "/dev/request", this::request);
        StaticHandler page = StaticHandler.create("webroot").setCachingEnabled(false);
        router.get("/").handler(DevRoutes::guard).handler(page).handler(DevRoutes::sayNotBuilt);
        router.get("/demo/*")
                .handler(DevRoutes::guard)
                .handler(StaticHandler.create("webroot/demo").setCachingEnabled(false));
    }

    private Future<Answer.Token> login(Call call) {
        origins.require(call.http().request());
        String userId = call.body().string("user_id", Fields.MAX_NAME_BYTES);
        String name = call.body().optionalString("name", MAX_DISPLAY_BYTES);
        JsonObject info = new JsonObject().put("name", name == null ? userId : name);
        Tokens.Grant grant = tokens.issue(userId, new JsonObject().put("info", info), tokens.life(), true);
        RefreshCookie.set(call.http(), grant, tokens.refreshLife());
        return Future.succeededFuture(Answer.Token.ofBrowser(grant));
    }

    private Future<Answer.Replied> request(Call call) {
        String address = call.body().string("address", Fields.MAX_NAME_BYTES);
        if (!BusSettings.permits(bus.requests(), address)) {
            throw new ProtocolException(ErrorCode.PERMISSION_DENIED, 0);
        }
        String authorization = call.http().request().getHeader(HttpHeaderNames.AUTHORIZATION);
        if (authorization == null || !authorization.startsWith(BEARER)) {
            throw Refusal.unauthenticated("a bearer token is required", "Bearer realm=\"carillon\"");
        }
        return authenticator
                .authenticate(authorization.substring(BEARER.length()))
                .compose(who ->
                        requests.request(who, OVER_HTTP, address, call.body().data(), PATIENCE, null))
                .map(Answer.Replied::with)
                .recover(cause -> cause instanceof RequestFailure failure
                        ? Future.succeededFuture(
                                Answer.Replied.failed(failure.code(), String.valueOf(failure.getMessage())))
                        : Future.failedFuture(cause));
    }

    private static void sayNotBuilt(RoutingContext http) {
        http.response().putHeader("Content-Type", "text/plain; charset=utf-8").end(NOT_BUILT);
    }

    private static void guard(RoutingContext http) {
        http.response()
                .putHeader("Content-Security-Policy", POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer");
        http.next();
    }
}
