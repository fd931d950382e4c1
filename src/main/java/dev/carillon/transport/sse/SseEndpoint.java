package dev.carillon.transport.sse;

import dev.carillon.auth.Origins;
import dev.carillon.config.HttpSettings;
import dev.carillon.config.LimitSettings;
import dev.carillon.protocol.CloseCode;
import dev.carillon.session.SessionFactory;
import dev.carillon.session.SlowConsumers;
import dev.carillon.transport.Leaving;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/**
 * {@code GET /sse?channel=a&channel=b}: channels as server-sent events, read only. The token comes as
 * {@code Authorization: Bearer}, in the cookie {@value SseRequest#COOKIE}, or as {@code ?token=}; {@code Last-Event-ID}
 * or {@code ?last_event_id=} goes on from a position.
 *
 * <p>Pages of the node's own and of named origins may read it with cookies, those that only {@code *} allows without.
 */
public final class SseEndpoint {
    private static final String PATH = "/sse";

    private final Origins origins;
    private final LimitSettings limits;
    private final SlowConsumers slow;
    private final Set<String> namespaces;

    /** @param namespaces those that have settings; channels of others do not exist */
    public SseEndpoint(HttpSettings http, LimitSettings limits, Set<String> namespaces, SlowConsumers slow) {
        this.origins = new Origins(http.origins());
        this.limits = limits;
        this.slow = slow;
        this.namespaces = Set.copyOf(namespaces);
    }

    /** Adds the routes; called on the event loop that will serve them. */
    public void mount(Router router, SessionFactory sessions) {
        router.route(PATH).handler(this::admit);
        router.options(PATH).handler(SseEndpoint::preflight);
        router.get(PATH).handler(routing -> open(routing, sessions));
    }

    private void admit(RoutingContext routing) {
        if (!origins.allows(routing.request())) {
            SseStatus.refuse(routing.response(), 403, CloseCode.FORBIDDEN.code(), "origin not allowed", "");
            return;
        }
        share(routing.request(), routing.response().putHeader("Vary", "Origin"));
        routing.next();
    }

    private void share(HttpServerRequest request, HttpServerResponse response) {
        String origin = request.getHeader("Origin");
        if (origin == null) {
            return;
        }
        if (origins.trusts(request)) {
            response.putHeader("Access-Control-Allow-Origin", origin)
                    .putHeader("Access-Control-Allow-Credentials", "true");
        } else {
            response.putHeader("Access-Control-Allow-Origin", "*");
        }
    }

    private static void preflight(RoutingContext routing) {
        routing.response()
                .setStatusCode(204)
                .putHeader("Access-Control-Allow-Methods", "GET")
                .putHeader("Access-Control-Allow-Headers", "Authorization, Cache-Control, Last-Event-ID")
                .putHeader("Access-Control-Max-Age", "86400")
                .end();
    }

    private void open(RoutingContext routing, SessionFactory sessions) {
        if (!sessions.isAccepting()) {
            Leaving.refuse(routing.response());
            return;
        }
        SseRequest asked;
        try {
            asked = SseRequest.of(routing.request(), limits.subscriptionsPerConnection(), namespaces);
        } catch (SseRequest.Refusal refused) {
            SseStatus.refuse(
                    routing.response(), refused.status(), refused.code(), String.valueOf(refused.getMessage()), "");
            return;
        }
        SseConnection connection =
                new SseConnection(routing.request(), routing.vertx().getOrCreateContext(), asked, slow);
        connection.begin(sessions.open(connection));
    }
}
