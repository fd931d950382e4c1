package dev.carillon.transport.sockjs;

import java.util.function.LongSupplier;

/**
 * How fast a client may send what no session counts: pings and messages to plain addresses. A second's worth comes
 * back each second, twice as much may be saved up. Confined to its event loop.
 */
final class Pace {
    /** What becomes of one message. */
    enum Verdict {
        PASS,
        /** Too fast: it is refused. */
        REFUSE,
        /** A second's worth was refused already, more than it let pass since: the connection ends. */
        END
    }

    private static final double NANOS_PER_SECOND = 1e9;

    private final int perSecond;
    private final LongSupplier nanoTime;
    private double allowance;
    private long countedAt;
    private int refused;

    Pace(int perSecond, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
        this.allowance = 2.0 * perSecond;
        this.countedAt = nanoTime.getAsLong();
    }

    Verdict next() {
        long now = nanoTime.getAsLong();
        allowance = Math.min(2.0 * perSecond, allowance + (now - countedAt) / NANOS_PER_SECOND * perSecond);
        countedAt = now;
        if (allowance >= 1) {
            allowance--;
            refused = Math.max(0, refused - 1);
            return Verdict.PASS;
        }
        return ++refused <= perSecond ? Verdict.REFUSE : Verdict.END;
    }
}
