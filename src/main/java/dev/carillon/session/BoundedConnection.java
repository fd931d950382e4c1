package dev.carillon.session;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Turn;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose socket takes only so much. What comes while it takes nothing waits in a {@link Backlog}, which goes
 * out in order and in slices before anything newer. While a socket takes everything it has none. Confined to its event
 * loop.
 */
public abstract class BoundedConnection extends Connection {
    /** What is written of a backlog before it is the turn of whatever else the loop has to do. */
    private static final int SLICE_BYTES = 64 * 1024;

    private final SlowConsumers slow;
    private @Nullable Backlog backlog;
    private boolean draining;

    /** Null unless an operator looks on. */
    private Tracing.@Nullable Tap tap;

    protected BoundedConnection(SlowConsumers slow) {
        this.slow = slow;
    }

    /** Whether what is written now would still go out. */
    protected abstract boolean isOpen();

    /** Whether the socket can be given more at once; false if it is not open. */
    protected abstract boolean takes();

    /** Gives the socket a turn, unflushed. */
    protected abstract void put(Turn turn);

    /**
     * Gives an open socket a turn that goes out at once, if it has a shorter way for that than to be given and flushed
     * and nothing is before it on the way.
     *
     * @return false if nothing was done
     */
    protected boolean send(Turn turn) {
        return false;
    }

    /** Gives the socket frames in this connection's form, flushed soon. */
    protected abstract void put(List<byte[]> frames);

    /** Ends the connection with 4004, whether or not the peer reads; the caller may be in the midst of a fan-out. */
    protected abstract void endTooSlow();

    /** Runs something on the event loop, after what runs now. */
    protected abstract void later(Runnable task);

    @Override
    final void tap(Tracing.@Nullable Tap looksOn) {
        tap = looksOn;
    }

    @Override
    public final void write(Turn turn) {
        if (tap != null) {
            tap.out(turn);
        }
        if (backlog == null && takes()) {
            put(turn);
        } else if (isOpen()) {
            Backlog waiting = backlog();
            long before = waiting.bytes();
            boolean fits = waiting.add(turn);
            settle(waiting, before, fits, turn.channel().namespace());
        }
    }

    @Override
    public final void writeAndFlush(Turn turn) {
        if (backlog != null || tap != null || !isOpen() || !send(turn)) {
            write(turn);
            flush();
        }
    }

    /** Whether a frame for this client alone can go to the socket at once; otherwise it has to {@link #await}. */
    protected final boolean takesAlone() {
        return backlog == null && takes();
    }

    /** Lets a frame for this client alone wait; it is dropped if the connection is not open. */
    protected final void await(byte[] frame) {
        if (isOpen()) {
            Backlog waiting = backlog();
            long before = waiting.bytes();
            boolean fits = waiting.add(frame);
            settle(waiting, before, fits, "");
        }
    }

    @Override
    public final void left(ChannelName channel) {
        Backlog waiting = backlog;
        if (waiting != null) {
            long before = waiting.bytes();
            waiting.leave(channel);
            slow.listener().waiting(waiting.bytes() - before, 0);
        }
    }

    /** The socket may take more again: what waits goes out. */
    protected final void drainSoon() {
        if (backlog != null && !draining) {
            draining = true;
            later(this::drain);
        }
    }

    /** Whether something waits for the socket to take more. */
    protected final boolean hasBacklog() {
        return backlog != null;
    }

    /** The connection ends: what waits is not sent any more. */
    protected final void forgetBacklog() {
        Backlog forgotten = backlog;
        if (forgotten != null) {
            backlog = null;
            slow.listener().waiting(-forgotten.bytes(), -1);
        }
    }

    private Backlog backlog() {
        Backlog waiting = backlog;
        if (waiting == null) {
            waiting = new Backlog(slow);
            backlog = waiting;
            slow.listener().waiting(0, 1);
        }
        return waiting;
    }

    private void settle(Backlog waiting, long bytesBefore, boolean fits, String namespace) {
        slow.listener().waiting(waiting.bytes() - bytesBefore, 0);
        if (!fits) {
            forgetBacklog();
            slow.listener().closed(namespace);
            endTooSlow();
        }
    }

    private void drain() {
        draining = false;
        Backlog waiting = backlog;
        if (waiting == null || !takes()) {
            return; // It says so again when it does.
        }
        long before = waiting.bytes();
        List<byte[]> slice = new ArrayList<>();
        waiting.take(SLICE_BYTES, form(), slice);
        slow.listener().waiting(waiting.bytes() - before, 0);
        if (waiting.isEmpty()) {
            forgetBacklog();
        }
        put(slice);
        if (backlog != null && takes()) {
            drainSoon();
        }
    }
}
