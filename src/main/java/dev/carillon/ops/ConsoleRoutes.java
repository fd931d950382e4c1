package dev.carillon.ops;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.StaticHandler;

/**
 * The operators' console at {@code /console}. Its files hold nothing worth keeping from anybody: what it shows comes over
 * {@code /api} and {@code /ws}, which ask for an operator's token.
 */
public final class ConsoleRoutes {
    static final String PATH = "/console/";

    /** Scripts, styles and connections of this node alone: no inline script, no frame around it. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String NOT_BUILT = """
            The console of this node was not built.
            It needs Node.js 20.19 or newer with npm: install them, run scripts/console, and build the jar again.
            """;

    public void mount(Router router) {
        router.get("/console").handler(ConsoleRoutes::toItsFolder);
        router.get(PATH + "*")
                .handler(ConsoleRoutes::guard)
                .handler(StaticHandler.create("console").setCachingEnabled(false))
                .handler(ConsoleRoutes::sayNotBuilt);
    }

    // Without the slash its scripts would be looked for in another place; /console/ matches this route as well.
    private static void toItsFolder(RoutingContext http) {
        if (http.request().path().endsWith("/")) {
            http.next();
        } else {
            http.redirect(PATH);
        }
    }

    private static void guard(RoutingContext http) {
        MultiMap headers = http.response().headers();
        headers.set(HttpHeaders.CACHE_CONTROL, "no-cache");
        headers.set("Content-Security-Policy", POLICY);
        headers.set("X-Frame-Options", "DENY");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        http.next();
    }

    private static void sayNotBuilt(RoutingContext http) {
        if (http.request().path().equals(PATH)) {
            http.response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
                    .end(NOT_BUILT);
        } else {
            http.next();
        }
    }
}
