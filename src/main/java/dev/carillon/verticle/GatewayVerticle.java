package dev.carillon.verticle;

import dev.carillon.channel.Publisher;
import dev.carillon.channel.PublisherListener;
import dev.carillon.cluster.ClusterNode;
import dev.carillon.config.AdmissionSettings;
import dev.carillon.config.HttpSettings;
import dev.carillon.config.TlsSettings;
import dev.carillon.session.EventLoopServices;
import dev.carillon.session.EventLoops;
import dev.carillon.session.SessionFactory;
import dev.carillon.session.SessionServices;
import dev.carillon.session.Sessions;
import dev.carillon.session.Wheel;
import dev.carillon.transport.Intake;
import dev.carillon.transport.websocket.FirstRequests;
import dev.carillon.transport.websocket.WebSocketEndpoint;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.Router;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The transports of one event loop, with that loop's hub, publisher and wheel. One instance per event loop; all share
 * the port.
 */
final class GatewayVerticle extends VerticleBase {
    private static final int BACKLOG = 8192;

    /** How long requests under way have for their answer when the node stops. */
    private static final long ANSWER_SECONDS = 5;

    private final String origin;
    private final HttpSettings settings;
    private final int maxFrameBytes;
    private final int deadAfterMillis;
    private final SessionServices services;
    private final EventLoops loops;
    private final ClusterNode node;
    private final PublisherListener publishers;
    private final BiFunction<Router, SessionFactory, WebSocketEndpoint> routes;
    private final TlsSettings tls;
    private final AdmissionSettings admission;
    private final Intake intake;
    private @Nullable Newcomers newcomers;
    private @Nullable Certificates certificates;
    private @Nullable HttpServer server;

    /**
     * @param origin of what this loop publishes, unlike any other in the cluster's life: owners take the same turn of
     *     the same origin for a retry
     * @param intake where connections without TLS begin
     * @param routes puts everything that is served onto a router, and tells the endpoint of WebSockets
     */
    GatewayVerticle(
            String origin,
            HttpSettings settings,
            TlsSettings tls,
            AdmissionSettings admission,
            SessionServices services,
            EventLoops loops,
            ClusterNode node,
            PublisherListener publishers,
            Intake intake,
            BiFunction<Router, SessionFactory, WebSocketEndpoint> routes) {
        this.origin = origin;
        this.settings = settings;
        this.tls = tls;
        this.admission = admission;
        this.maxFrameBytes = services.limits().maxFrameBytes();
        deadAfterMillis = (int) services.heartbeat()
                .interval()
                .plus(services.heartbeat().timeout())
                .toMillis();
        this.services = services;
        this.loops = loops;
        this.node = node;
        this.publishers = publishers;
        this.intake = intake;
        this.routes = routes;
    }

    @Override
    public Future<?> start() {
        EventLoopServices loop = openLoop(((ContextInternal) context).nettyEventLoop());
        loops.add(loop);
        Router router = Router.router(vertx);
        SessionFactory factory = new Sessions(services, loop);
        WebSocketEndpoint sockets = routes.apply(router, factory);
        Newcomers arriving = new Newcomers(services.admission(), admission.headTimeout(), loop);
        newcomers = arriving;
        Handler<HttpServerRequest> asked = request -> {
            arriving.asked(request.connection());
            router.handle(request);
        };
        if (!tls.forClients()) {
            begin(sockets.firstRequests(options(), (ContextInternal) context, factory), loop, arriving);
            return listen(options(), arriving, asked).onSuccess(open -> intake.serve(open.actualPort()));
        }
        Certificates shown = new Certificates(vertx, tls);
        certificates = shown;
        // Without HTTP/2: a WebSocket needs a connection of its own.
        return shown.first()
                .compose(pem ->
                        listen(options().setSsl(true).setUseAlpn(false).setKeyCertOptions(pem), arriving, asked));
    }

    private void begin(FirstRequests requests, EventLoopServices loop, Newcomers arriving) {
        intake.begin(loop.loop(), (channel, vertx) -> {
            requests.expect(channel, vertx, () -> arriving.asked(channel));
            arriving.opened(channel);
        });
    }

    /** Shows clients another certificate once there is one, on all instances: to be called on one of them. */
    void watchCertificate() {
        Certificates shown = certificates;
        HttpServer open = server;
        if (shown != null && open != null) {
            context.runOnContext(now -> shown.watch(open));
        }
    }

    private Future<HttpServer> listen(HttpServerOptions options, Newcomers arriving, Handler<HttpServerRequest> asked) {
        HttpServer listening = vertx.createHttpServer(options)
                .connectionHandler(arriving::opened)
                .requestHandler(asked);
        server = listening;
        // A negative port is a free one that all instances share.
        return listening.listen(settings.port() == 0 ? -1 : settings.port(), settings.host());
    }

    /** Requests under way are answered; connections that wait for their next one are closed at once. */
    @Override
    public Future<?> stop() {
        Certificates shown = certificates;
        if (shown != null) {
            shown.stop();
        }
        Newcomers arriving = newcomers;
        if (arriving != null) {
            arriving.leave();
        }
        HttpServer open = server;
        return open == null ? Future.succeededFuture() : open.shutdown(ANSWER_SECONDS, TimeUnit.SECONDS);
    }

    private EventLoopServices openLoop(EventLoop eventLoop) {
        long begun = System.nanoTime();
        LongSupplier ticker = () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        return new EventLoopServices(
                eventLoop,
                node.inbox().open(eventLoop),
                new Publisher(
                        eventLoop,
                        origin,
                        node.channels(),
                        node.routes(),
                        Publisher.Bounds.DEFAULTS.withTimeout(services.limits().publishTimeout()),
                        publishers,
                        ticker),
                new Wheel(0),
                ticker);
    }

    private HttpServerOptions options() {
        return new HttpServerOptions()
                .setIdleTimeout((int) settings.idleTimeout().toMillis())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setMaxHeaderSize(settings.maxHeaderBytes())
                .setMaxInitialLineLength(settings.maxHeaderBytes())
                .setAcceptBacklog(BACKLOG)
                .setTcpNoDelay(true)
                // Clients that cannot answer a ping, as readers of server-sent events, are found by what they do not
                // acknowledge; left to itself the kernel tries for a quarter of an hour. Only where there is epoll.
                .setTcpUserTimeout(deadAfterMillis)
                .setCompressionSupported(false)
                // Its upgrade handler stands in the way of a WebSocket pipeline, and no browser speaks it.
                .setHttp2ClearTextEnabled(false)
                // WebSockets have a pipeline of our own, which negotiates by itself.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setMaxWebSocketFrameSize(maxFrameBytes)
                .setMaxWebSocketMessageSize(services.limits().maxMessageBytes());
    }

    /** The port that clients reach; 0 before the start. */
    int port() {
        return server == null ? 0 : server.actualPort();
    }
}
