package dev.carillon.transport.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first requests of one event loop's connections. One that asks for a WebSocket and may have it becomes one at once:
 * nearly every connection of a storm is such a one. Of whatever else comes, and whatever is to be refused, Vert.x makes a
 * connection then, and is given all that was read. Confined to the event loop.
 */
public final class FirstRequests {
    private static final Logger LOG = LoggerFactory.getLogger(FirstRequests.class);

    /** Who decides. */
    interface Asked {
        /** What opens the WebSocket; null if the request is Vert.x's. */
        @Nullable
        Runnable take(Channel channel, Opening opening);
    }

    private final HttpServerOptions options;
    private final byte[] begins;
    private final Asked asked;

    /** One serves all, unless a head comes in pieces. */
    private HeadDecoder spare;

    /**
     * @param path of the endpoint; a query makes another one of it
     * @param options those that Vert.x decodes requests by
     */
    FirstRequests(String path, HttpServerOptions options, Asked asked) {
        this.options = options;
        this.asked = asked;
        begins = ("GET " + path + " HTTP/1.1\r\n").getBytes(StandardCharsets.US_ASCII);
        spare = new HeadDecoder(options);
    }

    /**
     * Looks at the first request of a connection that nothing was made of yet.
     *
     * @param vertx makes Vert.x's connection of it
     * @param taken is called if the request becomes a WebSocket here
     */
    public void expect(Channel channel, ChannelHandler vertx, Runnable taken) {
        channel.pipeline().addLast(new First(vertx, taken));
    }

    private final class First extends ChannelInboundHandlerAdapter {
        private final ChannelHandler vertx;
        private final Runnable taken;

        /** What was read, how much of that was decoded, and by which if the head came in pieces. */
        private @Nullable ByteBuf read;

        private int decoded;
        private @Nullable HeadDecoder decoder;

        First(ChannelHandler vertx, Runnable taken) {
            this.vertx = vertx;
            this.taken = taken;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            ByteBuf bytes = (ByteBuf) message;
            if (read != null) {
                bytes = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), read, bytes);
            }
            read = bytes;
            if (!mayAskForWebSocket(bytes)) {
                leave(ctx);
                return;
            }
            ByteBuf rest = bytes.slice().skipBytes(decoded);
            List<Object> messages = decode(ctx, rest);
            decoded = rest.readerIndex();
            if (messages.isEmpty()) {
                return;
            }
            Opening opening = opening(messages);
            Runnable open = opening == null ? null : asked.take(ctx.channel(), opening);
            if (open == null) {
                leave(ctx);
            } else {
                take(ctx, open);
            }
        }

        private List<Object> decode(ChannelHandlerContext ctx, ByteBuf bytes) throws Exception {
            HeadDecoder decoding = decoder == null ? spare : decoder;
            List<Object> messages = decoding.messages(ctx, bytes);
            if (decoding == spare && !isWhole(messages)) {
                // It is in the midst of something now.
                decoder = decoding;
                spare = new HeadDecoder(options);
            }
            return messages;
        }

        private void take(ChannelHandlerContext ctx, Runnable open) {
            taken.run();
            open.run();
            // Frames of a client that did not wait for the answer.
            passOn(ctx, decoded);
        }

        private void leave(ChannelHandlerContext ctx) {
            ctx.pipeline().addLast(vertx);
            passOn(ctx, 0);
        }

        private void passOn(ChannelHandlerContext ctx, int from) {
            ByteBuf bytes = read;
            read = null;
            if (bytes != null) {
                ctx.fireChannelRead(bytes.skipBytes(from));
            }
            ctx.pipeline().remove(this);
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            if (read != null) {
                boolean unused = read.release();
                read = null;
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            LOG.debug("a connection ended before its first request", cause);
            ctx.close();
        }
    }

    /** As far as there are bytes yet. */
    private boolean mayAskForWebSocket(ByteBuf bytes) {
        int length = Math.min(bytes.readableBytes(), begins.length);
        for (int i = 0; i < length; i++) {
            if (bytes.getByte(bytes.readerIndex() + i) != begins[i]) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable Opening opening(List<Object> messages) {
        return isWhole(messages)
                        && messages.get(0) instanceof HttpRequest request
                        && request.decoderResult().isSuccess()
                        && request.headers() instanceof MultiMap headers
                ? new Opening(HttpMethod.GET, true, headers)
                : null;
    }

    /** A request without a body: whoever decoded it begins anew. */
    private static boolean isWhole(List<Object> messages) {
        return messages.size() == 2 && messages.get(1) == LastHttpContent.EMPTY_LAST_CONTENT;
    }

    /** Vert.x's, called by hand. */
    private static final class HeadDecoder extends VertxHttpRequestDecoder {
        HeadDecoder(HttpServerOptions options) {
            super(options);
        }

        /** Nothing as long as a head is not whole. */
        List<Object> messages(ChannelHandlerContext ctx, ByteBuf bytes) throws Exception {
            List<Object> messages = new ArrayList<>(2);
            decode(ctx, bytes, messages);
            return messages;
        }
    }
}
