package dev.carillon.verticle;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.AttributeKey;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * When connections are accepted: one in each millisecond, a few when that has been quick for a while, and now and then
 * while others that were accepted wait to be read or let in. To accept one costs as much as a small request, and those
 * who are here would be behind thousands of them. Meanwhile they are in the kernel's queue, which is bounded; for some
 * seconds, because a probe of the node's health is in it too. Handles the events of a server's channel, whose event loop
 * accepts for all others.
 */
final class Accepts extends ChannelInboundHandlerAdapter {
    static final int MOST_AT_A_TIME = 4;
    static final long PERIOD_MILLIS = 1;

    /** One more at a time after so many periods that were quick. */
    static final int QUICK_PERIODS = 8;

    /** As many as this may wait on all event loops together. */
    static final int FEW = 8;

    /** One is accepted so often while more wait; if nobody comes for as long, it begins again with one at a time. */
    static final long BUSY_PERIOD_MILLIS = 4;

    /** Then the kernel's queue is emptied all the same, one in each period. */
    static final long LONGEST_MILLIS = 5_000;

    /** After such a pause it is another crowd. */
    static final long REST_MILLIS = 1_000;

    private static final AttributeKey<Accepts> ACCEPTS = AttributeKey.valueOf(Accepts.class, "accepts");

    private final List<IntSupplier> waiting = new CopyOnWriteArrayList<>();
    private int acceptedInPeriod;
    private int quickPeriods;
    private long periodEnded;
    private long busyBegan;
    private long busyLast = Long.MIN_VALUE / 2;

    /** The one of a server's channel, from now on. Safe on any thread. */
    static Accepts of(Channel server) {
        Accepts ours = new Accepts();
        Accepts there = server.attr(ACCEPTS).setIfAbsent(ours);
        if (there != null) {
            return there;
        }
        boolean unused = server.config().setOption(ChannelOption.MAX_MESSAGES_PER_READ, 1);
        server.pipeline().addFirst(ours);
        return ours;
    }

    /**
     * Heeds what waits on one more event loop. Safe on any thread.
     *
     * @param there how much that is; called on any thread, and may be not quite exact
     */
    void heed(IntSupplier there) {
        waiting.add(there);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        acceptedInPeriod++;
        long period = PERIOD_MILLIS;
        if (othersWait()) {
            quickPeriods = 0;
            period = busyPeriodMillis(nowMillis(ctx));
        }
        if (acceptedInPeriod >= Math.min(MOST_AT_A_TIME, 1 + quickPeriods / QUICK_PERIODS)) {
            ctx.channel().config().setAutoRead(false);
            ctx.executor().schedule(() -> nextPeriod(ctx), period, TimeUnit.MILLISECONDS);
        }
        ctx.fireChannelReadComplete();
    }

    private boolean othersWait() {
        return waiting.stream().mapToInt(IntSupplier::getAsInt).sum() > FEW;
    }

    private long busyPeriodMillis(long now) {
        if (now - busyLast >= REST_MILLIS) {
            busyBegan = now;
        }
        busyLast = now;
        return now - busyBegan < LONGEST_MILLIS ? BUSY_PERIOD_MILLIS : PERIOD_MILLIS;
    }

    private void nextPeriod(ChannelHandlerContext ctx) {
        long now = nowMillis(ctx);
        quickPeriods = now - periodEnded > BUSY_PERIOD_MILLIS ? 0 : quickPeriods + 1;
        periodEnded = now;
        acceptedInPeriod = 0;
        ctx.channel().config().setAutoRead(true);
    }

    private static long nowMillis(ChannelHandlerContext ctx) {
        return TimeUnit.NANOSECONDS.toMillis(ctx.executor().ticker().nanoTime());
    }
}
