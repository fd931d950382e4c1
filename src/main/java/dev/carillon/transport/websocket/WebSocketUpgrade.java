package dev.carillon.transport.websocket;

import dev.carillon.auth.Origins;
import dev.carillon.config.HttpSettings;
import dev.carillon.session.SlowConsumers;
import dev.carillon.transport.TcpChannel;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketServerExtensionHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.traffic.AbstractTrafficShapingHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a WebSocket of a request, with a Netty pipeline of its own on the same event loop, which is stricter than Vert.x's
 * and needs a fraction of the memory. The request may be one that Vert.x has read, whose HTTP connection the socket
 * leaves then, or the first of a connection that Vert.x was not told of. Immutable.
 */
public final class WebSocketUpgrade {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketUpgrade.class);

    /** Vert.x's offer of HTTP/2 removes itself once the first request has gone by, and fails if it is gone already. */
    private static final String LEAVES_BY_ITSELF = "h2c";

    /** What becomes of a socket whose handshake is done; on its event loop. */
    public interface Opener {
        /** To {@link #install} a connection, and open it. */
        void open(Upgraded upgraded);
    }

    /**
     * A socket whose handshake is done.
     *
     * @param deflates whether permessage-deflate was agreed on
     */
    public record Upgraded(Channel channel, ContextInternal context, boolean deflates) {}

    private final Handshake handshake;
    private final int maxMessageBytes;
    private final WebSocketDecoderConfig decoding;
    private final WebSocketDecoderConfig decodingDeflated;
    private final WriteBufferWaterMark waterMark;

    /**
     * @param maxFrameBytes a larger frame ends the connection, as soon as its header says so
     * @param maxMessageBytes so does a larger message
     * @param compression whether offers of permessage-deflate are answered
     */
    public WebSocketUpgrade(
            HttpSettings http, int maxFrameBytes, int maxMessageBytes, SlowConsumers slow, Compression compression) {
        this.handshake = new Handshake(new Origins(http.origins()), compression.isOn());
        this.maxMessageBytes = maxMessageBytes;
        this.decoding = WebSocketDecoderConfig.newBuilder()
                .expectMaskedFrames(true)
                .allowMaskMismatch(false)
                .allowExtensions(false)
                .maxFramePayloadLength(maxFrameBytes)
                // Our own handler answers, because no encoder is in the pipeline; it also checks the text.
                .closeOnProtocolViolation(false)
                .withUTF8Validator(false)
                .build();
        // Our own handler judges the reserved bits.
        this.decodingDeflated = decoding.toBuilder().allowExtensions(true).build();
        this.waterMark = new WriteBufferWaterMark(slow.maxUnderWayBytes() / 2, slow.maxUnderWayBytes());
    }

    /** Answers the handshake; if it is refused nothing more happens, otherwise the opener is called soon. */
    public void upgrade(HttpServerRequest request, Subprotocols subprotocols, Opener opener) {
        if (!handshake.accept(request, subprotocols)) {
            return;
        }
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
            boolean deflates = handshake.extension(Opening.of(request)) != null;
            HttpServerRequest unused = request.endHandler(end -> {
                // The request's own context would keep the whole request alive.
                ContextInternal context = ((ContextInternal) Vertx.currentContext()).unwrap();
                if (channel.isActive()) {
                    leaveVertx(channel);
                    open(channel, context, deflates, opener);
                }
            });
        }
    }

    /** Whether {@link #upgrade(Channel, ContextInternal, Opening, Subprotocols, Opener)} may be asked for. */
    boolean takes(Opening opening, Subprotocols subprotocols) {
        return handshake.takes(opening, subprotocols);
    }

    /** The same for a request without a body that Vert.x was not told of, of a channel that has nothing of Vert.x. */
    void upgrade(Channel channel, ContextInternal context, Opening opening, Subprotocols subprotocols, Opener opener) {
        channel.writeAndFlush(
                ByteBufUtil.writeAscii(channel.alloc(), handshake.switching(opening, subprotocols)),
                channel.voidPromise());
        open(channel, context, handshake.extension(opening) != null, opener);
    }

    private static void open(Channel channel, ContextInternal context, boolean deflates, Opener opener) {
        if (channel.isActive()) {
            context.dispatch(() -> opener.open(new Upgraded(channel, context, deflates)));
        }
    }

    // A server with compression on would answer an offer of the client's, and our decoder takes no extension.
    private static void negotiateNothing(ChannelPipeline pipeline) {
        WebSocketServerExtensionHandler negotiator = pipeline.get(WebSocketServerExtensionHandler.class);
        if (negotiator != null) {
            ChannelPipeline unused = pipeline.remove(negotiator);
        }
    }

    private static void leaveVertx(Channel channel) {
        try {
            leaveVertx(channel.pipeline());
        } catch (Exception e) {
            LOG.error("a WebSocket could not be taken over", e);
            channel.close();
        }
        // Vert.x would have done so at the end of this burst of reading.
        channel.flush();
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

    /** Has a connection hear what comes; to be called before it is opened. */
    public void install(WebSocketConnection connection, Upgraded upgraded) {
        Channel channel = upgraded.channel();
        boolean deflates = upgraded.deflates();
        channel.config().setWriteBufferWaterMark(waterMark).setAutoRead(true);
        // Otherwise Netty closes it as soon as the peer does; see Hangups.
        boolean unused = channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        TcpChannel.boundUnsent(channel);
        channel.pipeline()
                .addLast(new WebSocket13FrameDecoder(deflates ? decodingDeflated : decoding))
                .addLast(new FrameHandler(connection, upgraded.context(), maxMessageBytes, deflates));
    }
}
