package dev.carillon.transport.websocket;

import dev.carillon.transport.TcpChannel;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Closes sockets whose peers hung up, one every few milliseconds, more when very many wait: thousands may end together, as
 * when a balancer goes, and closing each, leaving its channels and counting it out is work that those who are here would be
 * behind. It can wait: where many go at once they are about to come back, which cannot. Confined to the event loop.
 */
final class Hangups {
    static final long PERIOD_MILLIS = 4;

    /** While more than a few wait. */
    static final long CROWD_PERIOD_MILLIS = 16;

    static final int FEW = 64;

    /** Then it is no crowd's moment any more. */
    static final long LONGEST_MILLIS = 10_000;

    /** One more at a time for so many that wait. */
    static final int MANY = 2048;

    private static final FastThreadLocal<Hangups> HERE = new FastThreadLocal<>();

    private final EventLoop loop;
    private final Deque<Channel> waiting = new ArrayDeque<>();
    private long crowdBegan;

    Hangups(EventLoop loop) {
        this.loop = loop;
    }

    /** Those of a channel's event loop, which this is called on. */
    static Hangups of(Channel channel) {
        Hangups here = HERE.get();
        if (here == null) {
            here = new Hangups(channel.eventLoop());
            HERE.set(here);
        }
        return here;
    }

    /** Closes a channel of this event loop soon. */
    void hungUp(Channel channel) {
        waiting.addLast(channel);
        if (waiting.size() == FEW + 1) {
            crowdBegan = nowMillis();
        }
        if (waiting.size() == 1) {
            closeSoon();
        }
    }

    private void closeSoon() {
        boolean crowd = waiting.size() > FEW && nowMillis() - crowdBegan < LONGEST_MILLIS;
        loop.schedule(this::closeSome, crowd ? CROWD_PERIOD_MILLIS : PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void closeSome() {
        for (int left = 1 + waiting.size() / MANY; left > 0; left--) {
            TcpChannel.cut(waiting.removeFirst());
        }
        if (!waiting.isEmpty()) {
            closeSoon();
        }
    }

    private long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(loop.ticker().nanoTime());
    }
}
