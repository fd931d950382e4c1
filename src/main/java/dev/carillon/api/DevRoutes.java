package dev.carillon.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.StaticHandler;
import java.util.List;

/**
 * Development mode: logs anybody in as anybody, and shows the demonstration page at {@code /}. Never mounted
 * otherwise.
 */
public final class DevRoutes {
    private static final int MAX_BODY_BYTES = 4 * 1024;
    private static final int MAX_DISPLAY_BYTES = 128;
    private static final String POLICY = "default-src 'self'; connect-src 'self' ws: wss: http: https:; "
            + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private final Tokens tokens;
    private final Endpoints endpoints = new Endpoints(MAX_BODY_BYTES);
    private final CookieOrigins origins = new CookieOrigins(List.of());

    public DevRoutes(Tokens tokens) {
        this.tokens = tokens;
    }

    public void mount(Router router) {
        endpoints.open(router, "/dev/login", this::login);
        StaticHandler page = StaticHandler.create("webroot").setCachingEnabled(false);
        router.get("/").handler(DevRoutes::guard).handler(page);
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

    private static void guard(RoutingContext http) {
        http.response()
                .putHeader("Content-Security-Policy", POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer");
        http.next();
    }
}
