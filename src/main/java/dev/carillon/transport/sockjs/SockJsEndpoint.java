package dev.carillon.transport.sockjs;

import dev.carillon.auth.Origins;
import dev.carillon.config.AuthSettings;
import dev.carillon.config.BusSettings;
import dev.carillon.config.HeartbeatSettings;
import dev.carillon.config.HttpSettings;
import dev.carillon.config.LimitSettings;
import dev.carillon.protocol.CloseCode;
import dev.carillon.session.Session;
import dev.carillon.session.SessionFactory;
import dev.carillon.session.SlowConsumers;
import dev.carillon.transport.Door;
import dev.carillon.transport.TcpChannel;
import dev.carillon.transport.websocket.Compression;
import dev.carillon.transport.websocket.Subprotocols;
import dev.carillon.transport.websocket.WebSocketUpgrade;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
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
 * {@code /eventbus/websocket}. WebSockets, with SockJS or without, have the pipeline of this node's other WebSockets,
 * because the fan-out to them is not to cost more; the other transports are left to Vert.x Web. One instance for each
 * event loop.
 */
public final class SockJsEndpoint {
    private static final String PATH = "/eventbus/*";
    private static final String RAW = "/eventbus/websocket/?";

    /** Server and session are made up by the client; SockJS forbids dots in them. */
    private static final String SOCKJS = "/eventbus/[^/.]+/[^/.]+/websocket/?";

    /** Proxies take a connection without a byte for half a minute as dead. */
    private static final long MAX_HEARTBEAT_MILLIS = 25_000;

    /** A SockJS client sends all that it has at once, each message escaped. */
    private static final int MESSAGES_PER_BODY = 4;

    /** A message is a JSON string in SockJS: about twice as large, when every quotation mark is escaped. */
    private static final int ESCAPED = 2;

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
    private final WebSocketUpgrade raw;
    private final WebSocketUpgrade sockJs;
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
        int maxMessageBytes = limits.get().maxMessageBytes();
        this.raw = upgrade(http, maxMessageBytes, slow);
        this.sockJs = upgrade(http, ESCAPED * maxMessageBytes, slow);
    }

    // Browsers do not cut messages into frames: here a frame may be as large as a message.
    private static WebSocketUpgrade upgrade(HttpSettings http, int maxBytes, SlowConsumers slow) {
        return new WebSocketUpgrade(http, maxBytes, maxBytes, slow, Compression.OFF);
    }

    /** Adds the routes; called on the event loop that will serve them. */
    public void mount(Router router, SessionFactory sessions) {
        router.route(PATH).handler(routing -> admit(routing, sessions));
        router.routeWithRegex(RAW).handler(routing -> upgrade(routing.request(), BridgeFraming.RAW, raw, sessions));
        router.routeWithRegex(SOCKJS)
                .handler(routing -> upgrade(routing.request(), BridgeFraming.SOCKJS, sockJs, sessions));
        router.post(PATH)
                .handler(BodyHandler.create(false)
                        .setBodyLimit((long) MESSAGES_PER_BODY * limits.get().maxMessageBytes()));
        SockJSHandlerOptions options = new SockJSHandlerOptions().setHeartbeatInterval(heartbeatMillis());
        router.route(PATH)
                .subRouter(SockJSHandler.create(vertx, options).socketHandler(socket -> opened(socket, sessions)));
    }

    private void admit(RoutingContext routing, SessionFactory sessions) {
        if (origins.allows(routing.request())) {
            if (Carriers.isNewcomer(routing) && door.admit(routing.request(), sessions) == null) {
                return;
            }
            Carriers.carry(routing);
            routing.next();
        } else {
            routing.response()
                    .setStatusCode(403)
                    .putHeader("Content-Type", "application/json")
                    .end("{\"code\":" + CloseCode.FORBIDDEN.code() + ",\"error\":\"origin not allowed\"}");
        }
    }

    private void upgrade(
            HttpServerRequest request, BridgeFraming framing, WebSocketUpgrade upgrade, SessionFactory sessions) {
        String address = door.address(request);
        String token = queryToken(request);
        upgrade.upgrade(request, Subprotocols.IGNORED, upgraded -> {
            BridgeWebSocket connection = new BridgeWebSocket(upgraded.channel(), slow, framing);
            connection.comesFrom(address);
            upgrade.install(connection, upgraded);
            connection.greet(heartbeatMillis());
            BridgeDialogue dialogue = dialogue(connection);
            connection.speakWith(dialogue);
            Session session = sessions.open(connection);
            connection.open(session);
            dialogue.begin(session, token);
        });
    }

    private void opened(SockJSSocket socket, SessionFactory sessions) {
        HttpServerRequest request = socket.routingContext().request();
        Carriers.opened(socket);
        TcpChannel.boundUnsent(TcpChannel.of(request));
        RequestsConnection connection =
                new RequestsConnection(socket, (ContextInternal) vertx.getOrCreateContext(), slow);
        connection.comesFrom(door.address(request));
        BridgeDialogue dialogue = dialogue(connection);
        connection.speakWith(dialogue);
        dialogue.begin(sessions.open(connection), queryToken(request));
    }

    private BridgeDialogue dialogue(BridgeConnection connection) {
        BusLink link = new BusLink(vertx, bus, limits.get(), addresses, connection, nanoTime);
        return new BridgeDialogue(connection, link, channels, limits.get());
    }

    private long heartbeatMillis() {
        return Math.min(heartbeat.interval().toMillis(), MAX_HEARTBEAT_MILLIS);
    }

    private @Nullable String queryToken(HttpServerRequest request) {
        return tokenInQuery ? request.getParam("token") : null;
    }
}
