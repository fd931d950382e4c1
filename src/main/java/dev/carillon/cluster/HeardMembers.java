package dev.carillon.cluster;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The members without those that were silent for so long that they may be gone. The member list itself says so later, and
 * in the smaller part of a cut much later: its members have to agree on a master first. Meanwhile the larger part may have
 * taken over what the smaller still believes to own. Counted from the last heartbeat, {@link #SILENT_MILLIS} end before
 * anybody can take over; in that a majority is like a lease.
 *
 * <p>{@link #get} is safe on any thread and returns the same set as long as nothing changes.
 */
final class HeardMembers<M> implements Supplier<Set<M>> {
    /** Less than {@code hazelcast.max.no.heartbeat.seconds}, by more than the time between two looks and two heartbeats. */
    static final long SILENT_MILLIS = 8_000;

    private final Supplier<Set<M>> members;
    private final M self;
    private final ToLongFunction<M> lastHeartbeat;
    private final LongSupplier ticker;
    private final Map<M, Heartbeat> heartbeats = new HashMap<>();
    private volatile View<M> view = new View<>(Set.of(), Set.of());
    private long lookedAt;

    /** @param noticedAt on our clock, because that of the heartbeats may be set */
    private record Heartbeat(long time, long noticedAt) {}

    private record View<M>(Set<M> all, Set<M> heard) {}

    /**
     * @param members the member list as it is now
     * @param self is always heard
     * @param lastHeartbeat of a member, on any clock
     * @param ticker milliseconds on a clock that only goes forward
     */
    HeardMembers(Supplier<Set<M>> members, M self, ToLongFunction<M> lastHeartbeat, LongSupplier ticker) {
        this.members = members;
        this.self = self;
        this.lastHeartbeat = lastHeartbeat;
        this.ticker = ticker;
    }

    @Override
    public Set<M> get() {
        if (view.all != members.get()) {
            look();
        }
        return view.heard;
    }

    /** Looks who was heard since the last look; to be called more often than {@link Electorate#ASLEEP_MILLIS}. */
    synchronized void look() {
        Set<M> all = members.get();
        long now = ticker.getAsLong();
        boolean slept = now - lookedAt > Electorate.ASLEEP_MILLIS;
        lookedAt = now;
        heartbeats.keySet().retainAll(all);
        Set<M> heard = new LinkedHashSet<>();
        for (M member : all) {
            long time = lastHeartbeat.applyAsLong(member);
            Heartbeat known = heartbeats.get(member);
            if (known == null || known.time != time || slept) {
                known = new Heartbeat(time, now);
                heartbeats.put(member, known);
            }
            if (now - known.noticedAt < SILENT_MILLIS || member.equals(self)) {
                heard.add(member);
            }
        }
        if (view.all != all || !view.heard.equals(heard)) {
            view = new View<>(all, heard);
        }
    }
}
