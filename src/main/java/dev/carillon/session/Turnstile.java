package dev.carillon.session;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Lets clients in, or sees to those that went, a few at a time and in the order they came: when thousands come or go at
 * once, after a node was lost, those who are here do not wait behind all of them at the owners and for the processor. How
 * many have their turn at a time follows from how long it takes them, as TCP does with what it has on its way (RFC 5681,
 * RFC 7661): few after a pause, and one more for each that was quick while others wait; half as many when one takes too
 * long, and from then on one more after as many as that were quick. When even one at a time takes too long, or a crowd
 * began too fast, they are let in one by one, as {@link Pacing} says. Who waits is a connection, or what one left behind, and connections are bounded. Confined to the event loop.
 */
final class Turnstile {
    /** Enough to keep the owners busy. */
    static final int MOST_UNDER_WAY = 32;

    /** What was known is forgotten when nobody came for so long. */
    static final long PAUSE_MILLIS = 1_000;

    static final int AFTER_A_PAUSE = 4;

    /** What takes no longer is not noticed by those who are here. */
    static final long QUICK_MILLIS = 5;

    /** Where owners are far away, this many times what it takes at best. */
    static final int QUICK_TIMES = 4;

    /** Taken for the best until there was one. */
    private static final double FARTHEST_MILLIS = 500;

    /** How quickly the best is forgotten. */
    private static final double FORGETTING = 0.001;

    /** One that takes longer waits for an owner that does not answer, and keeps nobody else out. */
    static final long HELD_MILLIS = 200;

    private final EventLoop loop;
    private final Wheel wheel;
    private final LongSupplier ticker;
    private final int most;
    private final Queue<Consumer<Passage>> waiting = new ArrayDeque<>();
    private final Queue<Passage> underWay = new ArrayDeque<>();
    private final Wheel.Timed held = new Wheel.Timed() {
        @Override
        protected long due(long nowMillis) {
            let();
            return -1;
        }
    };

    private int counted;
    private int window;
    private int quick;
    private double best;
    private long narrowedAt;
    private long endedAt;
    private final Pacing pacing = new Pacing();
    private boolean scheduled;

    /** Since the last pause nothing took too long, and there were never as many at a time as there may be. */
    private boolean starting;

    private boolean letting;

    /**
     * @param wheel of the same event loop
     * @param ticker milliseconds, as the wheel's
     * @param most turns at a time, {@link #MOST_UNDER_WAY} or fewer
     */
    Turnstile(EventLoop loop, Wheel wheel, LongSupplier ticker, int most) {
        this.loop = loop;
        this.wheel = wheel;
        this.ticker = ticker;
        this.most = most;
        narrowedAt = ticker.getAsLong();
        start();
        best = FARTHEST_MILLIS;
    }

    /** A turn. Whoever has it says once how it ended. */
    final class Passage {
        private final long letInAt = ticker.getAsLong();
        private boolean counts = true;

        /** It came to what it was for. */
        void succeeded() {
            long took = ticker.getAsLong() - letInAt;
            best = took < best ? took : best + Math.max(1, best) * FORGETTING;
            if (took <= Math.max(QUICK_MILLIS, QUICK_TIMES * best)) {
                if (window == 0) {
                    hurry();
                } else if (!waiting.isEmpty()) {
                    widen();
                }
            } else {
                narrow(letInAt);
            }
            ended();
        }

        /** It is over, and says nothing about how long it takes. */
        void ended() {
            passOver();
            let();
        }

        private void passOver() {
            if (counts) {
                counts = false;
                counted--;
                endedAt = ticker.getAsLong();
            }
        }
    }

    /** Gives one its turn now, or when those before it had theirs. */
    void enter(Consumer<Passage> then) {
        if (counted == 0 && waiting.isEmpty() && ticker.getAsLong() - endedAt >= PAUSE_MILLIS) {
            start();
        }
        waiting.add(then);
        let();
    }

    /** How many wait for their turn. Safe on any thread, and then not quite exact. */
    int waiting() {
        return waiting.size();
    }

    /** How many have their turn at a time; 0 if they are let in one by one at a pace. */
    int window() {
        return window;
    }

    /** Between one that is let in and the next, while the window is 0. */
    double delayMillis() {
        return pacing.delayMillis();
    }

    private void start() {
        window = Math.min(AFTER_A_PAUSE, most);
        quick = 0;
        starting = true;
    }

    private void widen() {
        quick++;
        if ((starting || quick >= window) && window < most) {
            window++;
            quick = 0;
            starting &= window < most;
        }
    }

    private void hurry() {
        if (pacing.faster()) {
            window = 1;
            quick = 0;
        }
    }

    private void narrow(long letInAt) {
        // Those that were let in before the last time say nothing about how many there are now.
        if (letInAt < narrowedAt) {
            return;
        }
        if (window == 0) {
            pacing.slower();
        } else {
            pacing.begin();
        }
        // In a crowd's first moments it says nothing about where between one and so many it should have stopped; others
        // wait then, as they do not when all that happened is a pause of this node.
        window = starting && !waiting.isEmpty() ? 0 : window / 2;
        quick = 0;
        narrowedAt = ticker.getAsLong();
        starting = false;
    }

    // Not recursive: a thousand that are gone by now leave at once.
    private void let() {
        if (letting) {
            return;
        }
        letting = true;
        try {
            forgetOld();
            while (!waiting.isEmpty() && hasRoom()) {
                Passage next = new Passage();
                pacing.letIn(next.letInAt);
                counted++;
                underWay.add(next);
                waiting.remove().accept(next);
                forgetOld();
            }
        } finally {
            letting = false;
        }
        if (waiting.isEmpty()) {
            return;
        }
        if (counted == 0) {
            letWhenDue();
        }
        Passage oldest = underWay.peek();
        if (oldest != null) {
            wheel.schedule(held, oldest.letInAt + HELD_MILLIS);
        }
    }

    private boolean hasRoom() {
        return window > 0 ? counted < window : counted == 0 && pacing.waitMillis(ticker.getAsLong()) <= 0;
    }

    private void letWhenDue() {
        if (!scheduled) {
            scheduled = true;
            loop.schedule(
                    () -> {
                        scheduled = false;
                        let();
                    },
                    pacing.waitMillis(ticker.getAsLong()),
                    TimeUnit.MILLISECONDS);
        }
    }

    private void forgetOld() {
        for (Passage oldest = underWay.peek(); oldest != null; oldest = underWay.peek()) {
            if (oldest.counts && ticker.getAsLong() - oldest.letInAt < HELD_MILLIS) {
                return;
            }
            oldest.passOver();
            underWay.remove();
        }
    }
}
