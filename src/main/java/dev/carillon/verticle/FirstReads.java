package dev.carillon.verticle;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * When connections are read for the first time: at once, unless thousands come together, as after the loss of a node.
 * Then one in each millisecond, or a few when that has been quick for a while; and while logins wait for their turn only
 * now and then, so that those who are here are not behind all of their handshakes. The one that has waited longest and the
 * latest take turns: a probe of the node's health does not wait for all of them, and where more come than can be served
 * some are served in time, which is half of the adaptive LIFO in Maurer, Fail at Scale (ACM Queue, 2015). Confined to the
 * event loop.
 */
final class FirstReads {
    /** Together they keep the loop for less than those who are here notice. */
    static final int MOST_AT_A_TIME = 4;

    static final long PERIOD_MILLIS = 1;

    /** One more at a time after so many periods that were quick. */
    static final int QUICK_PERIODS = 8;

    /** One is read so often while logins wait, since it need not want to log in; a wait as long ends what was quick. */
    static final long BUSY_PERIOD_MILLIS = 8;

    private final EventLoop loop;
    private final LongSupplier ticker;
    private final IntSupplier logins;
    private final Deque<Held> held = new ArrayDeque<>();
    private final ChannelFutureListener forget = closed -> forgetSome();
    private int gone;
    private long periodBegan;
    private int readInPeriod;

    /** Since logins last waited, or nobody came, for as long as {@link #BUSY_PERIOD_MILLIS}. */
    private int quickPeriods;

    private boolean scheduled;
    private boolean latest;

    private record Held(Channel channel, Runnable whenRead) {
        boolean isGone() {
            return !channel.isOpen();
        }
    }

    /**
     * @param ticker milliseconds
     * @param logins how many wait for their turn
     */
    FirstReads(EventLoop loop, LongSupplier ticker, IntSupplier logins) {
        this.loop = loop;
        this.ticker = ticker;
        this.logins = logins;
        periodBegan = ticker.getAsLong() - BUSY_PERIOD_MILLIS;
    }

    /**
     * Of a channel that was opened and from which nothing has been read.
     *
     * @param whenRead what to do as soon as it is read, now or later; not called of one that goes before
     */
    void opened(Channel channel, Runnable whenRead) {
        if (held.isEmpty() && mayRead()) {
            whenRead.run();
            return;
        }
        channel.config().setAutoRead(false);
        held.addLast(new Held(channel, whenRead));
        channel.closeFuture().addListener(forget);
        readSoon();
    }

    /** Channels that are to be read, and a few that are gone. Safe on any thread, and then not quite exact. */
    int held() {
        return held.size();
    }

    // Not one by one: it would be looked for among all of them.
    private void forgetSome() {
        gone++;
        if (gone > MOST_AT_A_TIME && gone > held.size() / 2) {
            held.removeIf(Held::isGone);
            gone = 0;
        }
    }

    private void readSoon() {
        if (!scheduled) {
            scheduled = true;
            loop.schedule(this::readSome, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void readSome() {
        scheduled = false;
        while (someoneWaits() && mayRead()) {
            read(next());
        }
        if (!held.isEmpty()) {
            readSoon();
        }
    }

    /** Without those at either end that are gone: they take nobody's turn. */
    private boolean someoneWaits() {
        while (!held.isEmpty() && held.getFirst().isGone()) {
            held.removeFirst();
        }
        while (!held.isEmpty() && held.getLast().isGone()) {
            held.removeLast();
        }
        return !held.isEmpty();
    }

    private Held next() {
        latest = !latest;
        return latest ? held.removeLast() : held.removeFirst();
    }

    private void read(Held next) {
        next.channel.closeFuture().removeListener(forget);
        next.whenRead.run();
        next.channel.config().setAutoRead(true);
    }

    private boolean mayRead() {
        boolean isBusy = logins.getAsInt() > 0;
        long passed = ticker.getAsLong() - periodBegan;
        if (passed >= (isBusy ? BUSY_PERIOD_MILLIS : PERIOD_MILLIS)) {
            quickPeriods = isBusy || passed > BUSY_PERIOD_MILLIS ? 0 : quickPeriods + 1;
            periodBegan += passed;
            readInPeriod = 0;
        }
        int atATime = isBusy ? 1 : Math.min(MOST_AT_A_TIME, 1 + quickPeriods / QUICK_PERIODS);
        if (readInPeriod >= atATime) {
            return false;
        }
        readInPeriod++;
        return true;
    }
}
