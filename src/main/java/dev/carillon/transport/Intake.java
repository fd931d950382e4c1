package dev.carillon.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.vertx.core.VertxBuilder;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.transport.Transport;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where connections of one port begin, before Vert.x makes anything of them. What it makes of each, two connections of its
 * own with a queue for a thousand messages each, a decoder and a handful of handlers, costs a login more than its
 * WebSocket, which needs none of it. A transport of Vert.x, because that alone is shown a server before it is bound. Only
 * where there is epoll; elsewhere, with TLS and on other ports everything begins with Vert.x. Safe on any thread.
 */
public final class Intake extends EpollTransport {
    private final Map<EventLoop, Beginning> beginnings = new ConcurrentHashMap<>();
    private volatile int port = -1;

    /** What connections of one event loop begin with; on that. */
    public interface Beginning {
        /** @param vertx makes Vert.x's connection of it; to be added to its pipeline, which is empty, now or later */
        void opened(Channel channel, ChannelHandler vertx);
    }

    /** Has a Vert.x open its servers by this. */
    public VertxBuilder instrument(VertxBuilder builder) {
        return isAvailable() ? builder.withTransport(new Named(this)) : builder;
    }

    /** From now on this loop's connections of the port begin with that. */
    public void begin(EventLoop loop, Beginning beginning) {
        beginnings.put(loop, beginning);
    }

    /** Which port that is, once it is known. */
    public void serve(int itsPort) {
        port = itsPort;
    }

    @Override
    public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
        super.configure(options, domainSocket, bootstrap);
        ChannelHandler vertx = bootstrap.config().childHandler();
        if (vertx != null && !options.isSsl() && !domainSocket) {
            bootstrap.childHandler(new Opened(vertx));
        }
    }

    @ChannelHandler.Sharable
    private final class Opened extends ChannelInitializer<Channel> {
        private final ChannelHandler vertx;

        Opened(ChannelHandler vertx) {
            this.vertx = vertx;
        }

        @Override
        protected void initChannel(Channel channel) {
            Beginning beginning = isServed(channel) ? beginnings.get(channel.eventLoop()) : null;
            if (beginning == null) {
                channel.pipeline().addLast(vertx);
            } else {
                beginning.opened(channel, vertx);
            }
        }

        private boolean isServed(Channel channel) {
            return channel.parent().localAddress() instanceof InetSocketAddress address && address.getPort() == port;
        }
    }

    /** How Vert.x asks for a transport. */
    private record Named(EpollTransport implementation) implements Transport {
        @Override
        public String name() {
            return "epoll";
        }

        @Override
        public boolean available() {
            return implementation.isAvailable();
        }

        @Override
        public Throwable unavailabilityCause() {
            return implementation.unavailabilityCause();
        }
    }
}
