package dev.carillon.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Netty channel under a request. Closing it is the one thing that ends a connection whose peer does not read:
 * every close of Vert.x waits behind the bytes that the peer leaves lying.
 */
public final class TcpChannel {
    private static final Logger LOG = LoggerFactory.getLogger(TcpChannel.class);
    private static final long MAX_UNSENT_BYTES = 128 * 1024;

    private TcpChannel() {}

    /** Null over HTTP/2, where one channel carries the requests of others too. */
    public static @Nullable Channel of(HttpServerRequest request) {
        return request.version() != HttpVersion.HTTP_2 && request.connection() instanceof ConnectionBase connection
                ? connection.channel()
                : null;
    }

    /**
     * Has the kernel take only so much more than the peer's window lets it send. Otherwise it takes megabytes for a peer
     * that does not read, which are in nobody's bounds, and which the newest would have to wait behind. Throughput does
     * not suffer: what is on the wire does not count. Only where the native transport is; elsewhere nothing happens.
     */
    public static void boundUnsent(@Nullable Channel channel) {
        if (channel instanceof EpollSocketChannel socket) {
            try {
                boolean unused = socket.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, MAX_UNSENT_BYTES);
            } catch (ChannelException e) {
                // It is gone already; whoever uses it next finds out.
                LOG.debug("a socket that is gone takes no bound", e);
            }
        }
    }

    /** Closes it beneath Vert.x, whose own handlers would make a polite close of it. Safe on any thread. */
    public static void cut(Channel channel) {
        ChannelHandlerContext lowest = channel.pipeline().firstContext();
        if (lowest != null) {
            lowest.close();
        }
    }
}
