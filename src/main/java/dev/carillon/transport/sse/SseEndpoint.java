package dev.carillon.transport.sse;

import dev.carillon.config.HttpSettings;
import dev.carillon.config.LimitSettings;
import dev.carillon.session.SessionFactory;
import dev.carillon.session.SlowConsumers;
import dev.carillon.transport.CrossOrigin;
import dev.carillon.transport.Door;
import dev.carillon.transport.HttpStatus;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.function.Supplier;

/**
 * {@code GET /sse?channel=a&channel=b}: channels as server-sent events, read only. The token comes as
 * {@code Authorization: Bearer}, in the cookie {@value SseRequest#COOKIE}, or as {@code ?token=}; {@code Last-Event-ID}
 * or {@code ?last_event_id=} goes on from a position.
 *
 * <p>Pages of the node's own and of named origins may read it with cookies, those that only {@code *} allows without.
 */
public final class SseEndpoint {
    private static final String PATH = "/sse";

    private final CrossOrigin pages;
    private final Door door;
    private final Supplier<LimitSettings> limits;
    private final SlowConsumers slow;
    private final Set<String> namespaces;

    /**
     * @param limits in force at each question
     * @param namespaces likewise, those that have settings; channels of others do not exist
     */
    public SseEndpoint(HttpSettings http, Supplier<LimitSettings> limits, Set<String> namespaces, SlowConsumers slow) {
        this.pages = new CrossOrigin(http, "GET", "Authorization, Cache-Control, Last-Event-ID");
        this.door = new Door(http);
        this.limits = limits;
        this.slow = slow;
        this.namespaces = namespaces;
    }

    /** Adds the routes; called on the event loop that will serve them. */
    public void mount(Router router, SessionFactory sessions) {
        router.route(PATH).handler(pages::admit);
        router.get(PATH).handler(routing -> open(routing, sessions));
    }

    private void open(RoutingContext routing, SessionFactory sessions) {
        String address = door.admit(routing.request(), sessions);
        if (address == null) {
            return;
        }
        SseRequest asked;
        try {
            asked = SseRequest.of(routing.request(), limits.get().subscriptionsPerConnection(), namespaces);
        } catch (SseRequest.Refusal refused) {
            HttpStatus.refuse(
                    routing.response(), refused.status(), refused.code(), String.valueOf(refused.getMessage()), "");
            return;
        }
        SseConnection connection =
                new SseConnection(routing.request(), routing.vertx().getOrCreateContext(), asked, slow);
        connection.comesFrom(address);
        connection.begin(sessions.open(connection));
    }
}
