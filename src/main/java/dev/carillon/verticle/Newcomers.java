package dev.carillon.verticle;

import dev.carillon.session.Admission;
import dev.carillon.session.EventLoopServices;
import dev.carillon.session.Wheel;
import dev.carillon.transport.TcpChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Connections that have not asked for anything yet: there are so many at most, and each is cut when it takes too long
 * over the head of its first request, however busily it sends it. Confined to the event loop.
 */
final class Newcomers {
    private static final AttributeKey<Newcomer> NEWCOMER = AttributeKey.valueOf(Newcomers.class, "newcomer");

    private final Admission admission;
    private final long headMillis;
    private final Wheel wheel;
    private final LongSupplier ticker;
    private final FirstReads reads;
    private final IntSupplier waiting;

    private final Set<Newcomer> here = new HashSet<>();

    /** Where the last one was accepted. */
    private @Nullable Channel server;

    Newcomers(Admission admission, Duration headTimeout, EventLoopServices loop) {
        this.admission = admission;
        this.headMillis = headTimeout.toMillis();
        wheel = loop.wheel();
        ticker = loop.ticker();
        reads = new FirstReads(loop.loop(), ticker, loop::loginsWaiting);
        waiting = () -> reads.held() + loop.loginsWaiting();
    }

    private final class Newcomer extends Wheel.Timed {
        private final Channel channel;
        private final ChannelFutureListener gone = closed -> asked(closed.channel());
        private boolean over;

        Newcomer(Channel channel) {
            this.channel = channel;
        }

        @Override
        protected long due(long nowMillis) {
            end();
            TcpChannel.cut(channel);
            return -1;
        }

        void end() {
            if (!over) {
                over = true;
                here.remove(this);
                admission.idleEnded();
            }
        }
    }

    /** One that has not been here as a channel. */
    void opened(HttpConnection connection) {
        if (connection instanceof ConnectionBase base && !base.channel().hasAttr(NEWCOMER)) {
            opened(base.channel());
        }
    }

    void opened(Channel channel) {
        if (channel.parent() != null && channel.parent() != server) {
            server = channel.parent();
            Accepts.of(server).heed(waiting);
        }
        if (!admission.takesIdle()) {
            TcpChannel.cut(channel);
            return;
        }
        Newcomer newcomer = new Newcomer(channel);
        admission.idleBegan();
        here.add(newcomer);
        channel.attr(NEWCOMER).set(newcomer);
        channel.closeFuture().addListener(newcomer.gone);
        // From then on it is the client that takes its time.
        reads.opened(channel, () -> wheel.schedule(newcomer, ticker.getAsLong() + headMillis));
    }

    /** The head of a request has come. */
    void asked(HttpConnection connection) {
        if (connection instanceof ConnectionBase base) {
            asked(base.channel());
        }
    }

    void asked(Channel channel) {
        Newcomer newcomer = channel.attr(NEWCOMER).getAndSet(null);
        if (newcomer != null) {
            wheel.cancel(newcomer);
            channel.closeFuture().removeListener(newcomer.gone);
            newcomer.end();
        }
    }

    /** Those that have not asked for anything are cut. */
    void leave() {
        List.copyOf(here).forEach(newcomer -> TcpChannel.cut(newcomer.channel));
    }
}
