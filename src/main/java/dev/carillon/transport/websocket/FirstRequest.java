package dev.carillon.transport.websocket;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/**
 * Between Vert.x's HTTP decoder and its connection, until the first request is there. If that asks for a WebSocket and may
 * have it, the socket is taken at once, and Vert.x makes no request, response and route of it: nearly every connection of
 * a storm is such a one. Whatever else comes, and whatever is to be refused, goes on to Vert.x. Confined to the channel's
 * event loop.
 */
final class FirstRequest extends ChannelInboundHandlerAdapter {
    /** Who decides. */
    interface Asked {
        /** What opens the WebSocket once the request is at its end; null if the request is Vert.x's. */
        @Nullable
        Runnable take(Opening opening);
    }

    private final String path;
    private final Asked asked;
    private @Nullable Runnable open;

    /** @param path of the endpoint; a query makes another one of it */
    FirstRequest(String path, Asked asked) {
        this.path = path;
        this.asked = asked;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (open == null) {
            open = message instanceof HttpRequest request ? taken(request) : null;
        }
        if (open == null) {
            ctx.pipeline().remove(this);
            ctx.fireChannelRead(message);
            return;
        }
        boolean ends = message instanceof LastHttpContent;
        boolean unused = ReferenceCountUtil.release(message);
        if (ends) {
            open.run();
        }
    }

    private @Nullable Runnable taken(HttpRequest request) {
        if (!request.decoderResult().isSuccess()
                || !request.uri().equals(path)
                // Vert.x has its decoder make them so; of others Vert.x itself may make something.
                || !(request.headers() instanceof MultiMap headers)) {
            return null;
        }
        return asked.take(new Opening(
                HttpMethod.valueOf(request.method().name()),
                request.protocolVersion().equals(HttpVersion.HTTP_1_1),
                headers));
    }
}
