package dev.carillon.verticle;

import dev.carillon.channel.Publisher;
import dev.carillon.cluster.ClusterNode;
import dev.carillon.config.HttpSettings;
import dev.carillon.session.EventLoopServices;
import dev.carillon.session.EventLoops;
import dev.carillon.session.SessionFactory;
import dev.carillon.session.SessionServices;
import dev.carillon.session.Sessions;
import dev.carillon.session.Wheel;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.Router;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The transports of one event loop, with that loop's hub, publisher and wheel. One instance per event loop; all share
 * the port.
 */
final class GatewayVerticle extends VerticleBase {
    private static final int BACKLOG = 8192;

    private final String origin;
    private final HttpSettings settings;
    private final int maxFrameBytes;
    private final SessionServices services;
    private final EventLoops loops;
    private final ClusterNode node;
    private final BiConsumer<Router, SessionFactory> routes;
    private @Nullable HttpServer server;

    /**
     * @param origin of what this loop publishes, unlike any other in the cluster's life: owners take the same turn of
     *     the same origin for a retry
     * @param routes puts everything that is served onto a router
     */
    GatewayVerticle(
            String origin,
            HttpSettings settings,
            SessionServices services,
            EventLoops loops,
            ClusterNode node,
            BiConsumer<Router, SessionFactory> routes) {
        this.origin = origin;
        this.settings = settings;
        this.maxFrameBytes = services.limits().maxFrameBytes();
        this.services = services;
        this.loops = loops;
        this.node = node;
        this.routes = routes;
    }

    @Override
    public Future<?> start() {
        EventLoopServices loop = openLoop(((ContextInternal) context).nettyEventLoop());
        loops.add(loop);
        Router router = Router.router(vertx);
        routes.accept(router, new Sessions(services, loop));
        HttpServer opened = vertx.createHttpServer(options()).requestHandler(router);
        server = opened;
        // A negative port is a free one that all instances share.
        return opened.listen(settings.port() == 0 ? -1 : settings.port(), settings.host());
    }

    private EventLoopServices openLoop(EventLoop eventLoop) {
        long begun = System.nanoTime();
        return new EventLoopServices(
                eventLoop,
                node.inbox().open(eventLoop),
                new Publisher(eventLoop, origin, node.channels(), node.routes()),
                new Wheel(0),
                () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
    }

    private HttpServerOptions options() {
        return new HttpServerOptions()
                .setIdleTimeout((int) settings.idleTimeout().toMillis())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setMaxHeaderSize(settings.maxHeaderBytes())
                .setMaxInitialLineLength(settings.maxHeaderBytes())
                .setAcceptBacklog(BACKLOG)
                .setTcpNoDelay(true)
                .setCompressionSupported(false)
                // Its upgrade handler stands in the way of a WebSocket pipeline, and no browser speaks it.
                .setHttp2ClearTextEnabled(false)
                // These are for SockJS; the main endpoint has a pipeline of its own.
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
