package dev.carillon.transport.websocket;

import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.Utf8;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.impl.ShutdownEvent;
import java.io.IOException;
import java.util.zip.DataFormatException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a WebSocket's pipeline: makes messages of frames, and tells the connection of them on its Vert.x context.
 * Confined to the channel's event loop.
 */
final class FrameHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(FrameHandler.class);

    /** RSV1 alone, as Netty counts the reserved bits. */
    private static final int DEFLATED = 4;

    private final WebSocketConnection connection;
    private final ContextInternal context;
    private final int maxMessageBytes;
    private final boolean inflates;
    private @Nullable Fragments fragments;

    /** @param inflates whether permessage-deflate was agreed on, so that the decoder lets reserved bits pass */
    FrameHandler(WebSocketConnection connection, ContextInternal context, int maxMessageBytes, boolean inflates) {
        this.connection = connection;
        this.context = context;
        this.maxMessageBytes = maxMessageBytes;
        this.inflates = inflates;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ContextInternal previous = context.beginDispatch();
        try {
            // The end of the HTTP request may still come by; it is let go like every frame.
            if (message instanceof WebSocketFrame frame && connection.isOpen()) {
                connection.reading();
                frame(frame);
            } else if (message instanceof CloseWebSocketFrame frame) {
                connection.peerClosed(frame.content());
            }
        } catch (RuntimeException e) {
            LOG.error("a frame of {} could not be handled", connection, e);
            connection.close(CloseCode.INTERNAL_ERROR);
        } finally {
            context.endDispatch(previous);
            boolean unused = ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        connection.readComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        connection.writabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fragments = null;
        context.dispatch(connection::gone);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ShutdownEvent) {
            connection.close(CloseCode.GOING_AWAY);
        } else if (event instanceof ChannelInputShutdownEvent) {
            Hangups.of(ctx.channel()).hungUp(ctx.channel());
        }
        boolean unused = ReferenceCountUtil.release(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException || cause.getCause() instanceof SSLException) {
            LOG.debug("connection lost: {}", cause.toString());
            connection.abort();
        } else if (cause instanceof CorruptedWebSocketFrameException corrupted) {
            violation(code(corrupted));
        } else if (cause instanceof TooLongFrameException) {
            violation(CloseCode.TOO_BIG);
        } else if (cause instanceof CorruptedFrameException) {
            violation(CloseCode.PROTOCOL_ERROR);
        } else {
            LOG.error("the socket of {} failed", connection, cause);
            violation(CloseCode.INTERNAL_ERROR);
        }
    }

    private void frame(WebSocketFrame frame) {
        boolean isFirst = frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame;
        if (frame.rsv() != 0 && !(inflates && isFirst && frame.rsv() == DEFLATED)) {
            violation(CloseCode.PROTOCOL_ERROR);
        } else if (isFirst) {
            first(frame, frame instanceof TextWebSocketFrame);
        } else if (frame instanceof ContinuationWebSocketFrame) {
            Fragments started = fragments;
            if (started == null) {
                violation(CloseCode.PROTOCOL_ERROR);
            } else {
                fragment(started, frame);
            }
        } else if (frame instanceof CloseWebSocketFrame) {
            connection.peerClosed(frame.content());
        } else if (frame instanceof PingWebSocketFrame) {
            connection.ping(ByteBufUtil.getBytes(frame.content()));
        } else {
            connection.pong();
        }
    }

    private void first(WebSocketFrame frame, boolean isText) {
        boolean isDeflated = frame.rsv() == DEFLATED;
        if (frame.isFinalFragment()) {
            ByteBuf content = frame.content();
            if (content.readableBytes() > maxMessageBytes) {
                violation(CloseCode.TOO_BIG);
            } else if (isDeflated) {
                inflated(isText, ByteBufUtil.getBytes(content));
            } else {
                received(isText, ByteBufUtil.getBytes(content));
            }
        } else {
            Fragments started = new Fragments(isText, isDeflated, maxMessageBytes);
            fragments = started;
            fragment(started, frame);
        }
    }

    private void fragment(Fragments started, WebSocketFrame frame) {
        CloseCode refused = started.add(frame.content(), frame.isFinalFragment());
        if (refused != null) {
            fragments = null;
            violation(refused);
        } else if (frame.isFinalFragment()) {
            fragments = null;
            if (started.isDeflated()) {
                inflated(started.isText(), started.toBytes());
            } else {
                connection.received(started.isText(), started.toBytes());
            }
        }
    }

    private void inflated(boolean isText, byte[] deflated) {
        byte[] message;
        try {
            message = Deflate.inflate(deflated, maxMessageBytes);
        } catch (DataFormatException e) {
            violation(CloseCode.INVALID_DATA);
            return;
        }
        if (message == null) {
            violation(CloseCode.TOO_BIG);
        } else {
            received(isText, message);
        }
    }

    private void received(boolean isText, byte[] message) {
        if (isText && !Utf8.isText(message)) {
            violation(CloseCode.INVALID_DATA);
        } else {
            connection.received(isText, message);
        }
    }

    private void violation(CloseCode code) {
        context.dispatch(code, connection::violated);
    }

    private static CloseCode code(CorruptedWebSocketFrameException corrupted) {
        int code = corrupted.closeStatus().code();
        if (code == CloseCode.TOO_BIG.code()) {
            return CloseCode.TOO_BIG;
        }
        return code == CloseCode.INVALID_DATA.code() ? CloseCode.INVALID_DATA : CloseCode.PROTOCOL_ERROR;
    }
}
