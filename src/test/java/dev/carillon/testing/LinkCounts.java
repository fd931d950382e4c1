package dev.carillon.testing;

import dev.carillon.channel.LinkListener;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the links of a member reported. */
public final class LinkCounts implements LinkListener {
    private final AtomicLong queued = new AtomicLong();
    private final AtomicLong mostQueued = new AtomicLong();
    private final AtomicInteger dropped = new AtomicInteger();
    private final AtomicInteger holes = new AtomicInteger();
    private final AtomicInteger renewals = new AtomicInteger();

    @Override
    public void queued(long bytes) {
        long now = queued.addAndGet(bytes);
        mostQueued.accumulateAndGet(now, Math::max);
    }

    @Override
    public void dropped(int events) {
        dropped.addAndGet(events);
    }

    @Override
    public void holeSeen() {
        holes.incrementAndGet();
    }

    @Override
    public void addressRenewed() {
        renewals.incrementAndGet();
    }

    public long queued() {
        return queued.get();
    }

    public long mostQueued() {
        return mostQueued.get();
    }

    public int dropped() {
        return dropped.get();
    }

    public int holes() {
        return holes.get();
    }

    public int renewals() {
        return renewals.get();
    }
}
