package dev.carillon.session;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A hashed timing wheel (Varghese and Lauck, 1987) for everything that sessions of one event loop wait for: pings, dead
 * peers, authentication, expiry. Each timed thing stands in one slot at a time, so that a hundred thousand of them cost
 * one timer. Confined to its loop; somebody turns it about every {@link #TICK_MILLIS}.
 */
public final class Wheel {
    public static final long TICK_MILLIS = 100;

    /** A longer time between two turns: nobody was served meanwhile. */
    static final long STANDSTILL_MILLIS = 5 * TICK_MILLIS;

    private static final int SLOTS = 1024;

    private final @Nullable Timed[] slots = new @Nullable Timed[SLOTS];
    private long turned;
    private long turnedAt;
    private long resumedAt;
    private int size;

    /** @param nowMillis any clock that only goes forward; the same is given to {@link #turn} */
    public Wheel(long nowMillis) {
        turned = nowMillis / TICK_MILLIS;
        turnedAt = nowMillis;
        resumedAt = nowMillis;
    }

    /** Something that waits. In one wheel at most, once. */
    public abstract static class Timed {
        private @Nullable Timed next;
        private @Nullable Timed previous;
        private int slot = -1;
        private long tick;

        /** The time has come, or a tick later; returns when it comes next, or a negative number for never. */
        protected abstract long due(long nowMillis);
    }

    /** Lets something wait until a moment; if it waits already, until this moment instead. */
    public void schedule(Timed timed, long atMillis) {
        cancel(timed);
        timed.tick = Math.max(atMillis / TICK_MILLIS, turned + 1);
        int slot = (int) (timed.tick % SLOTS);
        Timed first = slots[slot];
        timed.slot = slot;
        timed.next = first;
        timed.previous = null;
        if (first != null) {
            first.previous = timed;
        }
        slots[slot] = timed;
        size++;
    }

    /** Ends the waiting; nothing happens if it does not wait. */
    public void cancel(Timed timed) {
        if (timed.slot < 0) {
            return;
        }
        if (timed.previous == null) {
            slots[timed.slot] = timed.next;
        } else {
            timed.previous.next = timed.next;
        }
        if (timed.next != null) {
            timed.next.previous = timed.previous;
        }
        timed.next = null;
        timed.previous = null;
        timed.slot = -1;
        size--;
    }

    /**
     * Calls everything whose time has come. If the loop stood still since the last turn, that is noted first: the
     * clients' words wait in the sockets, and nobody is to be judged by a silence that was this node's own.
     */
    public void turn(long nowMillis) {
        if (nowMillis - turnedAt > STANDSTILL_MILLIS) {
            resumedAt = nowMillis;
        }
        turnedAt = nowMillis;
        long until = nowMillis / TICK_MILLIS;
        // After a long stop once round the wheel reaches everything.
        long from = Math.max(turned + 1, until - SLOTS + 1);
        for (long tick = from; tick <= until; tick++) {
            turned = tick;
            turnSlot((int) (tick % SLOTS), until, nowMillis);
        }
        turned = Math.max(turned, until);
    }

    private void turnSlot(int slot, long until, long nowMillis) {
        List<Timed> due = new ArrayList<>(0);
        for (Timed timed = slots[slot]; timed != null; timed = timed.next) {
            if (timed.tick <= until) {
                due.add(timed);
            }
        }
        for (Timed timed : due) {
            // One that was called before it may have cancelled or put off this one.
            if (timed.slot == slot && timed.tick <= until) {
                cancel(timed);
                long again = timed.due(nowMillis);
                if (again >= 0 && timed.slot < 0) {
                    schedule(timed, again);
                }
            }
        }
    }

    /** When the loop went on after it stood still last. */
    public long resumedAt() {
        return resumedAt;
    }

    /** How many wait. */
    public int size() {
        return size;
    }
}
