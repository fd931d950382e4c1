package dev.carillon.transport.websocket;

import dev.carillon.auth.Origins;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.WireForm;
import dev.carillon.config.HttpSettings;
import dev.carillon.config.LimitSettings;
import dev.carillon.session.SessionFactory;
import dev.carillon.session.SlowConsumers;
import dev.carillon.transport.Door;
import dev.carillon.transport.TcpChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketServerExtensionHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.traffic.AbstractTrafficShapingHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /ws} and {@code /ws/{namespace}[/{rest}]}. The handshake is an ordinary HTTP exchange; after it the socket
 * leaves Vert.x's HTTP connection for a Netty pipeline of its own on the same event loop, which is stricter and needs
 * a fraction of the memory. Immutable.
 */
public final class WebSocketEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketEndpoint.class);
    private static final String BARE = "/ws/";

    /** Vert.x's offer of HTTP/2 removes itself once the first request has gone by, and fails if it is gone already. */
    private static final String LEAVES_BY_ITSELF = "h2c";

    /** What becomes of a channel whose handshake is done; on its event loop. */
    private interface Opener {
        void open(Channel channel, ContextInternal context, SessionFactory sessions);
    }

    private final Handshake handshake;
    private final Door door;
    private final Set<String> namespaces;
    private final int maxMessageBytes;
    private final WebSocketDecoderConfig decoding;
    private final WebSocketDecoderConfig decodingDeflated;
    private final Compression compression;
    private final SlowConsumers slow;
    private final WriteBufferWaterMark waterMark;

    /**
     * @param namespaces those that exist; {@code /ws/{namespace}} of any other is not found
     * @param compression the one of the node
     */
    public WebSocketEndpoint(
            HttpSettings http,
            LimitSettings limits,
            Set<String> namespaces,
            SlowConsumers slow,
            Compression compression) {
        this.handshake = new Handshake(new Origins(http.origins()), compression.isOn());
        this.door = new Door(http);
        this.compression = compression;
        this.namespaces = namespaces;
        this.maxMessageBytes = limits.maxMessageBytes();
        this.decoding = WebSocketDecoderConfig.newBuilder()
                .expectMaskedFrames(true)
                .allowMaskMismatch(false)
                .allowExtensions(false)
                .maxFramePayloadLength(limits.maxFrameBytes())
                // Our own handler answers, because no encoder is in the pipeline; it also checks the text.
                .closeOnProtocolViolation(false)
                .withUTF8Validator(false)
                .build();
        // Our own handler judges the reserved bits.
        this.decodingDeflated = decoding.toBuilder().allowExtensions(true).build();
        this.slow = slow;
        this.waterMark = new WriteBufferWaterMark(slow.maxUnderWayBytes() / 2, slow.maxUnderWayBytes());
    }

    /** @param sessions of the event loop that serves the router */
    public void mount(Router router, SessionFactory sessions) {
        router.route("/ws").handler(routing -> open(routing.request(), null, sessions));
        router.route("/ws/*").handler(routing -> bare(routing, sessions));
    }

    private void bare(RoutingContext routing, SessionFactory sessions) {
        ChannelName name = channel(String.valueOf(routing.request().path()));
        if (name == null) {
            boolean unused = Handshake.refuse(routing.response(), 404, "no such channel");
        } else {
            open(routing.request(), name, sessions);
        }
    }

    /** {@code /ws/messages/42} is {@code messages:42}; a slash at the end means nothing. Null if there is none such. */
    private @Nullable ChannelName channel(String path) {
        String rest = path.startsWith(BARE) ? path.substring(BARE.length()) : "";
        if (rest.endsWith("/")) {
            rest = rest.substring(0, rest.length() - 1);
        }
        int slash = rest.indexOf('/');
        try {
            if (slash < 0) {
                return namespaces.contains(rest) ? new ChannelName(rest) : null;
            }
            String namespace = rest.substring(0, slash);
            String decoded = URLDecoder.decode(rest.substring(slash + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
            return namespaces.contains(namespace) ? new ChannelName(namespace + ":" + decoded) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private void open(HttpServerRequest request, @Nullable ChannelName bare, SessionFactory sessions) {
        String address = door.admit(request, sessions);
        if (address == null || !handshake.accept(request, bare != null)) {
            return;
        }
        String token = bare == null ? null : token(request);
        Channel channel = TcpChannel.of(request);
        if (channel == null) {
            throw new IllegalStateException("a handshake that was accepted came over HTTP/1.1");
        }
        negotiateNothing(channel.pipeline());
        // Not toNetSocket(): the socket of Vert.x that it makes would only be taken out again. For Vert.x this is a
        // request like any other, answered and at its end, so that its meters are balanced.
        Future<Void> answered = request.response()
                .end()
                .onFailure(cause -> LOG.warn("a WebSocket could not be opened: {}", cause.toString()));
        if (!answered.failed()) {
            boolean deflates = handshake.extension(request) != null;
            Opener opener = bare == null
                    ? opener(Handshake.MSGPACK.equals(Handshake.protocol(request)), address, deflates)
                    : (taken, context, to) -> bare(taken, context, to, bare, address, token, deflates);
            HttpServerRequest unused = request.endHandler(end -> take(channel, sessions, opener));
        }
    }

    // A server with compression on would answer an offer of the client's, and our decoder takes no extension.
    private static void negotiateNothing(ChannelPipeline pipeline) {
        WebSocketServerExtensionHandler negotiator = pipeline.get(WebSocketServerExtensionHandler.class);
        if (negotiator != null) {
            ChannelPipeline unused = pipeline.remove(negotiator);
        }
    }

    private static @Nullable String token(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return header.substring(7).trim();
        }
        String query = request.getParam("token");
        return query == null || query.isEmpty() ? null : query;
    }

    private void take(Channel channel, SessionFactory sessions, Opener opener) {
        if (!channel.isActive()) {
            return;
        }
        // The request's own context would keep the whole request alive.
        ContextInternal context = ((ContextInternal) Vertx.currentContext()).unwrap();
        try {
            leaveVertx(channel.pipeline());
        } catch (Exception e) {
            LOG.error("a WebSocket could not be taken over", e);
            channel.close();
            return;
        }
        // Vert.x would have done so at the end of this burst of reading.
        channel.flush();
        context.dispatch(() -> opener.open(channel, context, sessions));
    }

    private Opener opener(boolean msgpack, String address, boolean deflates) {
        if (msgpack) {
            WireForm form = deflates ? compression.msgpack() : MsgpackWire.FORM;
            return (channel, context, sessions) ->
                    open(new MsgpackConnection(channel, slow, form), address, context, sessions, deflates);
        }
        WireForm form = deflates ? compression.json() : JsonWire.FORM;
        return (channel, context, sessions) ->
                open(new JsonConnection(channel, slow, form), address, context, sessions, deflates);
    }

    private void open(
            WebSocketConnection connection,
            String address,
            ContextInternal context,
            SessionFactory sessions,
            boolean deflates) {
        connection.comesFrom(address);
        install(connection, context, deflates);
        connection.open(sessions.open(connection));
    }

    private void bare(
            Channel channel,
            ContextInternal context,
            SessionFactory sessions,
            ChannelName name,
            String address,
            @Nullable String token,
            boolean deflates) {
        WireForm form = deflates ? compression.bare() : BareWire.FORM;
        BareConnection connection = new BareConnection(channel, slow, form, name, context);
        connection.comesFrom(address);
        install(connection, context, deflates);
        connection.open(sessions.open(connection), token);
    }

    private void install(WebSocketConnection connection, ContextInternal context, boolean deflates) {
        Channel channel = connection.channel();
        channel.config().setWriteBufferWaterMark(waterMark).setAutoRead(true);
        TcpChannel.boundUnsent(channel);
        channel.pipeline()
                .addLast(new WebSocket13FrameDecoder(deflates ? decodingDeflated : decoding))
                .addLast(new FrameHandler(connection, context, maxMessageBytes, deflates));
    }

    // What Vert.x put there goes, TLS and traffic shaping stay. Its last handler is told that the connection has ended,
    // which for HTTP it has: so its metrics are balanced and nothing of it stays in memory.
    private static void leaveVertx(ChannelPipeline pipeline) throws Exception {
        ChannelHandlerContext last = pipeline.lastContext();
        if (last != null && last.handler() instanceof ChannelInboundHandler handler) {
            handler.channelInactive(last);
        }
        for (Map.Entry<String, ChannelHandler> entry : pipeline.toMap().entrySet()) {
            ChannelHandler handler = entry.getValue();
            boolean stays = handler instanceof SslHandler || handler instanceof AbstractTrafficShapingHandler;
            if (!stays && !entry.getKey().equals(LEAVES_BY_ITSELF)) {
                ChannelHandler unused = pipeline.remove(entry.getKey());
            }
        }
    }
}
