package dev.carillon.transport.sockjs;

import dev.carillon.auth.Origins;
import dev.carillon.config.AuthSettings;
import dev.carillon.config.BusSettings;
import dev.carillon.config.HeartbeatSettings;
import dev.carillon.config.HttpSettings;
import dev.carillon.config.LimitSettings;
import dev.carillon.protocol.CloseCode;
import dev.carillon.session.SessionFactory;
import dev.carillon.session.SlowConsumers;
import dev.carillon.transport.Door;
import dev.carillon.transport.TcpChannel;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandlerOptions;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code /eventbus/*}: the Vert.x event-bus bridge protocol over every SockJS transport, and over a raw WebSocket at
 * {@code /eventbus/websocket}. One instance for each event loop.
 *
 * <p>The HTTP server must let a WebSocket message be about twice {@code limits.maxMessageBytes}: SockJS carries each
 * message as a JSON string, in which every quotation mark is escaped.
 */
public final class SockJsEndpoint {
    private static final String PATH = "/eventbus/*";

    /** Proxies take a connection without a byte for half a minute as dead. */
    private static final long MAX_HEARTBEAT_MILLIS = 25_000;

    /** A SockJS client sends all that it has at once, each message escaped. */
    private static final int MESSAGES_PER_BODY = 4;

    private final Vertx vertx;
    private final Origins origins;
    private final Door door;
    private final boolean tokenInQuery;
    private final BusSettings bus;
    private final Supplier<LimitSettings> limits;
    private final SlowConsumers slow;
    private final HeartbeatSettings heartbeat;
    private final BridgeAddresses channels;
    private final SharedConsumers addresses;
    private final LongSupplier nanoTime = System::nanoTime;

    /**
     * @param limits in force for connections that are opened
     * @param namespaces those that have settings, as they are at each question: an address in one of them is a channel
     */
    public SockJsEndpoint(
            Vertx vertx,
            HttpSettings http,
            AuthSettings auth,
            BusSettings bus,
            Supplier<LimitSettings> limits,
            HeartbeatSettings heartbeat,
            Set<String> namespaces,
            SlowConsumers slow) {
        this.vertx = vertx;
        this.origins = new Origins(http.origins());
        this.door = new Door(http);
        this.tokenInQuery = auth.tokenInQuery();
        this.bus = bus;
        this.limits = limits;
        this.slow = slow;
        this.heartbeat = heartbeat;
        this.channels = new BridgeAddresses(namespaces);
        this.addresses = new SharedConsumers(vertx);
    }

    /** Adds the routes; called on the event loop that will serve them. */
    public void mount(Router router, SessionFactory sessions) {
        router.route(PATH).handler(routing -> admit(routing, sessions));
        router.post(PATH)
                .handler(BodyHandler.create(false)
                        .setBodyLimit((long) MESSAGES_PER_BODY * limits.get().maxMessageBytes()));
        SockJSHandlerOptions options = new SockJSHandlerOptions()
                .setHeartbeatInterval(Math.min(heartbeat.interval().toMillis(), MAX_HEARTBEAT_MILLIS));
        router.route(PATH)
                .subRouter(SockJSHandler.create(vertx, options).socketHandler(socket -> opened(socket, sessions)));
    }

    private void admit(RoutingContext routing, SessionFactory sessions) {
        if (origins.allows(routing.request())) {
            if (SocketKind.isNewcomer(routing) && door.admit(routing.request(), sessions) == null) {
                return;
            }
            SocketKind.carry(routing);
            routing.next();
        } else {
            routing.response()
                    .setStatusCode(403)
                    .putHeader("Content-Type", "application/json")
                    .end("{\"code\":" + CloseCode.FORBIDDEN.code() + ",\"error\":\"origin not allowed\"}");
        }
    }

    private void opened(SockJSSocket socket, SessionFactory sessions) {
        SocketKind kind = SocketKind.of(socket);
        kind.opened(socket);
        TcpChannel.boundUnsent(TcpChannel.of(socket.routingContext().request()));
        BridgeConnection connection =
                new BridgeConnection(socket, kind, (ContextInternal) vertx.getOrCreateContext(), slow);
        connection.comesFrom(door.address(socket.routingContext().request()));
        BusLink link = new BusLink(vertx, bus, limits.get(), addresses, connection, nanoTime);
        BridgeDialogue dialogue = new BridgeDialogue(connection, link, channels, limits.get());
        connection.speakWith(dialogue);
        dialogue.begin(sessions.open(connection), queryToken(socket));
    }

    private @Nullable String queryToken(SockJSSocket socket) {
        return tokenInQuery ? socket.routingContext().request().getParam("token") : null;
    }
}
