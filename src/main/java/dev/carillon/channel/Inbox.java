package dev.carillon.channel;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a node's events arrive, its own and other nodes': each goes to the loops with subscribers. Safe on any thread. */
public final class Inbox {
    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

    private final ChannelOwner owner;
    private final Predicate<ChannelName> ephemeral;
    private final int recoveryLimit;
    private final HubListener listener;
    private final Interests interests = new Interests();
    private final CopyOnWriteArrayList<Hub> hubs = new CopyOnWriteArrayList<>();

    /** Channels whose routing to this node is being ended because nobody here wants them. */
    private final Set<ChannelName> disclaimed = ConcurrentHashMap.newKeySet();

    private final LongSupplier clock;
    private final Reassertion reassertion;

    /** @param ephemeral whether a channel keeps no stream */
    public Inbox(ChannelOwner owner, Predicate<ChannelName> ephemeral, int recoveryLimit, HubListener listener) {
        this(owner, ephemeral, recoveryLimit, listener, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    }

    /** @param clock milliseconds on a clock that only goes forward */
    public Inbox(
            ChannelOwner owner,
            Predicate<ChannelName> ephemeral,
            int recoveryLimit,
            HubListener listener,
            LongSupplier clock) {
        this.owner = owner;
        this.ephemeral = ephemeral;
        this.recoveryLimit = recoveryLimit;
        this.listener = listener;
        this.clock = clock;
        reassertion = new Reassertion(hubs, owner, listener);
    }

    /** Adds an event loop; at most {@link Interests#MAX_LOOPS} of them. */
    public synchronized Hub open(EventLoop loop) {
        if (hubs.size() == Interests.MAX_LOOPS) {
            throw new IllegalStateException("more than " + Interests.MAX_LOOPS + " event loops");
        }
        Hub hub = new Hub(loop, hubs.size(), owner, interests, ephemeral, recoveryLimit, listener, clock);
        hubs.add(hub);
        return hub;
    }

    /** Delivers events to this node's subscribers; those of one channel in the order given. */
    public void deliver(List<? extends ChannelEvent> events) {
        int loops = hubs.size();
        List<List<SharedEvent>> byLoop = new ArrayList<>(loops);
        for (int i = 0; i < loops; i++) {
            byLoop.add(List.of());
        }
        for (ChannelEvent event : events) {
            long mask = interests.of(event.channel());
            if (mask == 0) {
                disclaim(event.channel());
                continue;
            }
            SharedEvent shared = new SharedEvent(event);
            for (int i = 0; i < loops; i++) {
                if ((mask & 1L << i) != 0) {
                    List<SharedEvent> list = byLoop.get(i);
                    if (list.isEmpty()) {
                        list = new ArrayList<>();
                        byLoop.set(i, list);
                    }
                    list.add(shared);
                }
            }
        }
        for (int i = 0; i < loops; i++) {
            if (!byLoop.get(i).isEmpty()) {
                hubs.get(i).receive(byLoop.get(i));
            }
        }
    }

    /**
     * Compares all channels of this node with their owners, and repairs those that stand differently: routes them again,
     * reads what is missing, and tells the subscribers of lost streams. One run at a time: who asks meanwhile shares the
     * next one. To be called when events may have been lost unseen: a hole in a link, a lost partition, a merge, a sleep.
     *
     * @return completes on any thread when the comparison is done; repairs may still be under way. Never fails.
     */
    @CanIgnoreReturnValue
    public Future<Reasserted> reassert() {
        return reassertion.ask();
    }

    /** How many subscribers channels have here. */
    public Headcount headcount() {
        return new Headcount(hubs);
    }

    public Interests interests() {
        return interests;
    }

    /** (subscriber, channel) pairs on this node. */
    public long subscriptions() {
        return hubs.stream().mapToLong(Hub::subscriptions).sum();
    }

    private void disclaim(ChannelName channel) {
        if (disclaimed.add(channel)) {
            var interest = interests.disclaim(channel);
            Future<Void> ended =
                    interest.isPresent() ? owner.unsubscribe(channel, interest.getAsLong()) : Future.succeededFuture();
            ended.onFailure(cause -> LOG.debug("{} stays routed here for a while", channel, cause))
                    .onComplete(done -> disclaimed.remove(channel));
        }
    }
}
