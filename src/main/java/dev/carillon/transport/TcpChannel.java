package dev.carillon.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import org.jspecify.annotations.Nullable;

/**
 * The Netty channel under a request. Closing it is the one thing that ends a connection whose peer does not read:
 * every close of Vert.x waits behind the bytes that the peer leaves lying.
 */
public final class TcpChannel {
    private TcpChannel() {}

    /** Null over HTTP/2, where one channel carries the requests of others too. */
    public static @Nullable Channel of(HttpServerRequest request) {
        return request.version() != HttpVersion.HTTP_2 && request.connection() instanceof ConnectionBase connection
                ? connection.channel()
                : null;
    }

    /** Closes it beneath Vert.x, whose own handlers would make a polite close of it. Safe on any thread. */
    public static void cut(Channel channel) {
        ChannelHandlerContext lowest = channel.pipeline().firstContext();
        if (lowest != null) {
            lowest.close();
        }
    }
}
