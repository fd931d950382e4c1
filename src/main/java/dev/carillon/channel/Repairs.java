package dev.carillon.channel;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the channels of one event loop to where their owners are: reads what is missing, routes what is not routed,
 * and ends what cannot be continued. While owners do not answer it asks again, for as long as {@link Patience} lasts;
 * then the stream counts as lost. Confined to the loop.
 */
final class Repairs {
    /** A publication ahead of its turn waits this long for the one before it. */
    static final long REORDER_MILLIS = 20;

    /** What an owner has and this loop has not is given this long to arrive by itself. */
    static final long IN_FLIGHT_MILLIS = 250;

    /** What the owner keeps no more is waited for so long, because bursts outrun a short history and come late. */
    static final long LATE_MILLIS = 2_000;

    private static final long LATE_PAUSE_MILLIS = 100;

    /** Publications of an answer; where more are missing, they are not to be had in one. */
    private static final int MOST_MISSED = 4_096;

    /** Questions under way; further channels wait, so that a lost partition does not become a storm. */
    static final int MAX_UNDER_WAY = 256;

    private static final Logger LOG = LoggerFactory.getLogger(Repairs.class);

    private final Hub hub;
    private final EventLoop loop;
    private final ChannelOwner owner;
    private final LongSupplier clock;
    private final HubListener listener;
    private final Queue<Repair> waiting = new ArrayDeque<>();
    private int underWay;

    /** @param clock milliseconds on a clock that only goes forward */
    Repairs(Hub hub, EventLoop loop, ChannelOwner owner, LongSupplier clock, HubListener listener) {
        this.hub = hub;
        this.loop = loop;
        this.owner = owner;
        this.clock = clock;
        this.listener = listener;
    }

    /** Does what a sequence's verdict asks for. */
    void obey(LocalChannel channel, Sequence.Verdict verdict) {
        switch (verdict) {
            case FINE -> {}
            case HOLE -> begin(channel, REORDER_MILLIS);
            case FOREIGN -> doubt(channel, REORDER_MILLIS);
            case LOST -> hub.lose(channel);
        }
    }

    /** The same for joins and leaves, which may be a moment late without harm and never cost anybody the channel. */
    void obeyOfChanges(LocalChannel channel, Sequence.Verdict verdict) {
        switch (verdict) {
            case FINE -> {
                if (channel.lastChange() == null && channel.interest != 0) {
                    doubtChanges(channel, REORDER_MILLIS);
                }
            }
            case HOLE -> begin(channel, IN_FLIGHT_MILLIS);
            case FOREIGN -> doubtChanges(channel, REORDER_MILLIS);
            case LOST -> {
                hub.release(channel);
                doubtChanges(channel, REORDER_MILLIS);
            }
        }
    }

    private void doubtChanges(LocalChannel channel, long pauseMillis) {
        channel.changesInDoubt = true;
        begin(channel, pauseMillis);
    }

    /** Asks the owner how the channel stands, whatever it looks like here. */
    void doubt(LocalChannel channel, long pauseMillis) {
        channel.inDoubt = true;
        begin(channel, pauseMillis);
    }

    /** An owner was compared with this loop and stands elsewhere. */
    void drifted(LocalChannel channel, Drift drift) {
        Standing now = channel.standing();
        if (now == null || !drift.believed().isOfStream(now.position())) {
            return; // It began anew since, and was told by the owner itself.
        }
        listener.drifted(drift.kind());
        Sequence sequence = channel.sequence();
        if (drift.kind() == Drift.Kind.PRESENCE) {
            // Where more came meanwhile, it shows by itself whether something is missing.
            if (Objects.equals(drift.believed().changes(), now.changes())) {
                doubtChanges(channel, IN_FLIGHT_MILLIS);
            }
        } else if (drift.kind() != Drift.Kind.BEHIND) {
            doubt(channel, 0);
        } else if (sequence != null && sequence.ownerHas(drift.ownerOffset()) == Sequence.Verdict.HOLE) {
            begin(channel, IN_FLIGHT_MILLIS);
        }
    }

    private void begin(LocalChannel channel, long pauseMillis) {
        Repair planned = channel.repair;
        long now = clock.getAsLong();
        // What is more urgent than what is planned takes its place.
        if (planned == null || planned.dueMillis > now + pauseMillis) {
            Repair repair = new Repair(channel, now);
            repair.dueMillis = now + pauseMillis;
            channel.repair = repair;
            if (pauseMillis > 0) {
                later(repair, pauseMillis);
            } else {
                ask(repair);
            }
        }
    }

    private void later(Repair repair, long pauseMillis) {
        loop.schedule(() -> ask(repair), pauseMillis, TimeUnit.MILLISECONDS);
    }

    /** Asks the owner, unless what was missing came by itself or nobody is left who misses it. */
    private void ask(Repair repair) {
        LocalChannel channel = repair.channel;
        if (channel.repair != repair) {
            return;
        }
        if (!hub.has(channel) || !channel.needsRepair()) {
            channel.repair = null;
            return;
        }
        long now = clock.getAsLong();
        if (channel.isOnlyBehind() && repair.hasMovedOn(now)) {
            repair.dueMillis = now + REORDER_MILLIS;
            later(repair, REORDER_MILLIS);
            return;
        }
        if (underWay >= MAX_UNDER_WAY) {
            waiting.add(repair);
            return;
        }
        underWay++;
        repair.dueMillis = Long.MIN_VALUE;
        repair.ofChangesOnly = !channel.streamNeedsRepair();
        channel.inDoubt = false;
        channel.changesInDoubt = false;
        Sequence sequence = channel.sequence();
        StreamPosition here = sequence == null || repair.ofChangesOnly ? null : sequence.position();
        long newest = sequence == null ? 0 : sequence.newest();
        StreamPosition lastChange = channel.lastChange();
        long interest = hub.renewInterest(channel);
        owner.subscribe(channel.name(), interest, here, MOST_MISSED, lastChange)
                .onComplete(answer -> loop.execute(() -> {
                    underWay--;
                    // Everybody may have left; if this routes the node again, its first stray event ends that.
                    if (channel.repair == repair && hub.has(channel)) {
                        if (answer.succeeded()) {
                            channel.interest = Math.max(channel.interest, interest);
                            if (hub.resume(channel, answer.result().changes(), lastChange)) {
                                listener.holeFilled();
                            }
                            answered(repair, sequence, here, newest, answer.result());
                        } else {
                            failed(repair, answer.cause());
                        }
                    }
                    next();
                }));
    }

    /**
     * @param asked where the stream stood here when the owner was asked; what it had then may have come meanwhile
     * @param newest offset that was known to exist then
     */
    private void answered(
            Repair repair,
            @Nullable Sequence sequence,
            @Nullable StreamPosition asked,
            long newest,
            Recovery recovery) {
        LocalChannel channel = repair.channel;
        if (sequence != null && !repair.ofChangesOnly) {
            if (mayStillCome(repair, asked, newest, recovery)) {
                later(repair, LATE_PAUSE_MILLIS);
                return;
            }
            if (!recovery.recovered() || recovery.position().offset() < newest) {
                channel.repair = null;
                hub.lose(channel);
                return;
            }
            if (!recovery.missed().isEmpty()) {
                List<SharedEvent> missed = new ArrayList<>(recovery.missed().size());
                recovery.missed().forEach(publication -> missed.add(new SharedEvent(publication)));
                hub.take(missed);
                listener.holeFilled();
            }
        }
        channel.repair = null;
        if (hub.has(channel) && channel.needsRepair()) {
            begin(channel, REORDER_MILLIS);
        }
    }

    /** Whether the owner only keeps too little: what it has no more may have been sent, and be late, or have come. */
    private boolean mayStillCome(Repair repair, @Nullable StreamPosition asked, long newest, Recovery recovery) {
        return asked != null
                && !recovery.recovered()
                && asked.epoch().equals(recovery.position().epoch())
                && asked.offset() <= recovery.position().offset()
                && recovery.position().offset() >= newest
                && clock.getAsLong() - repair.sinceMillis < LATE_MILLIS;
    }

    private void failed(Repair repair, Throwable cause) {
        LocalChannel channel = repair.channel;
        if (repair.ofChangesOnly) {
            channel.changesInDoubt = true;
        } else {
            channel.inDoubt = true;
        }
        OptionalLong pause = Patience.OF_REPAIRS.pause(++repair.failures, clock.getAsLong() - repair.sinceMillis);
        if (pause.isPresent()) {
            later(repair, pause.getAsLong());
            return;
        }
        LOG.warn("{} could not be repaired in {} attempts", channel.name(), repair.failures, cause);
        channel.repair = null;
        channel.inDoubt = false;
        channel.changesInDoubt = false;
        if (repair.ofChangesOnly) {
            hub.release(channel);
        } else if (channel.sequence() != null) {
            hub.lose(channel);
        }
    }

    private void next() {
        while (underWay < MAX_UNDER_WAY && !waiting.isEmpty()) {
            ask(waiting.remove());
        }
    }
}
