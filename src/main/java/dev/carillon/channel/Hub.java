package dev.carillon.channel;

import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.ObjIntConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscribers of one event loop. What arrives in a turn of the loop is written at its end, to each socket once and
 * with one flush. Confined to the loop, but for {@link #receive}, which may be called from anywhere.
 */
public final class Hub {
    private static final Logger LOG = LoggerFactory.getLogger(Hub.class);

    private final EventLoop loop;
    private final int index;
    private final ChannelOwner owner;
    private final Interests interests;
    private final int recoveryLimit;
    private final HubListener listener;
    private final Repairs repairs;
    private final Unrouting unrouting;

    private final LocalChannels channels;

    private final Turnover turnover;
    private final Gathering gathering;

    private volatile long subscriptions;

    /**
     * @param index of the loop, below {@link Interests#MAX_LOOPS}
     * @param ephemeral whether a channel keeps no stream
     * @param recoveryLimit most publications that a subscribe replays
     * @param clock milliseconds on a clock that only goes forward
     */
    Hub(
            EventLoop loop,
            int index,
            ChannelOwner owner,
            Interests interests,
            Predicate<ChannelName> ephemeral,
            int recoveryLimit,
            HubListener listener,
            LongSupplier clock) {
        this.loop = loop;
        this.index = index;
        this.owner = owner;
        this.interests = interests;
        channels = new LocalChannels(ephemeral);
        this.recoveryLimit = recoveryLimit;
        this.listener = listener;
        repairs = new Repairs(this, loop, owner, clock, listener);
        unrouting = new Unrouting(loop, owner, interests, clock);
        turnover = new Turnover(loop, listener);
        gathering = new Gathering(loop, clock, turnover::atEnd);
    }

    /**
     * What came of a subscribe.
     *
     * @param recovery what the subscriber is to be told before {@link #goLive}
     */
    public record Joining(Subscription subscription, Recovery recovery) {
        /** The same, unrecovered if what was missed is larger than a client can be sent at once. */
        public Joining within(long maxBytes) {
            return new Joining(subscription, recovery.within(maxBytes));
        }
    }

    /**
     * Joins a channel. The future completes on the loop, at once where the loop knows what the owner would say: of
     * thousands that come to one channel only the first costs its owner a step. Once the subscriber was told the outcome,
     * {@link #goLive} lets flow what came since. Fails with {@link UnavailableException}; then nothing is left behind.
     *
     * @param since asks for what came after it; null for from now on
     */
    public Future<Joining> subscribe(ChannelName name, Subscriber subscriber, @Nullable StreamPosition since) {
        LocalChannel channel = channels.enter(name);
        Recovery known = channel.knows(since);
        Subscription subscription = channel.join(subscriber);
        count(1);
        if (known != null && !owner.refuses()) {
            subscription.answered = true;
            return Future.succeededFuture(new Joining(subscription, known));
        }
        Promise<Joining> promise = Promise.promise();
        ask(subscription, since, false, promise);
        return promise.future();
    }

    private void ask(
            Subscription subscription, @Nullable StreamPosition since, boolean again, Promise<Joining> promise) {
        LocalChannel channel = subscription.channel;
        long interest = renewInterest(channel);
        owner.subscribe(channel.name(), interest, since, recoveryLimit, null)
                .onComplete(answer -> loop.execute(() -> {
                    if (answer.failed()) {
                        unsubscribe(subscription);
                        promise.fail(answer.cause());
                    } else if (!subscription.isJoining()) {
                        promise.fail(new UnavailableException("ended while joining"));
                    } else {
                        channel.interest = Math.max(channel.interest, interest);
                        answered(subscription, since, again, answer.result(), promise);
                    }
                }));
    }

    private void answered(
            Subscription subscription,
            @Nullable StreamPosition since,
            boolean again,
            Recovery recovery,
            Promise<Joining> promise) {
        LocalChannel channel = subscription.channel;
        ownerSays(channel, recovery.position());
        ownerSays(channel, recovery.changes());
        Subscription.Held held = subscription.held;
        if (held == null || recovery.position().offset() >= held.from) {
            subscription.answered = true;
            promise.complete(new Joining(subscription, recovery));
        } else if (!again) {
            // A later answer overtook this one, and the loop went on from there: what lies between is held for nobody.
            ask(subscription, since, true, promise);
        } else {
            unsubscribe(subscription);
            repairs.doubt(channel, 0);
            promise.fail(new UnavailableException("the owner's stream ends before what came here"));
        }
    }

    /** The subscriber was told its position: what came after it follows, then everything live. */
    public void goLive(Joining joining) {
        Subscription.Held held = joining.subscription().held;
        if (held == null) {
            return;
        }
        held.told = joining.recovery().position().offset();
        // Publications it was told of may still be on their way to this loop, to be skipped for it alone.
        settle(joining.subscription().channel);
    }

    /** Ends a subscription, live or joining; again it does nothing. */
    public void unsubscribe(Subscription subscription) {
        LocalChannel channel = subscription.channel;
        if (!subscription.isJoining() && subscription.index < 0) {
            return;
        }
        channel.leave(subscription);
        subscription.subscriber.left(channel.name());
        count(-1);
        removeIfEmpty(channel);
    }

    private void removeIfEmpty(LocalChannel channel) {
        if (channel.isEmpty() && channels.remove(channel)) {
            interests.remove(channel.name(), index).ifPresent(interest -> unrouting.end(channel.name(), interest));
        }
    }

    /** Hands over events for channels of this loop, in the order they came. May be called from any thread. */
    void receive(List<SharedEvent> events) {
        if (loop.inEventLoop()) {
            take(events);
        } else {
            loop.execute(() -> take(events));
        }
    }

    /** (subscriber, channel) pairs on this loop. Safe on any thread. */
    public long subscriptions() {
        return subscriptions;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written by the loop only
    private void count(int change) {
        subscriptions += change;
    }

    void take(List<SharedEvent> events) {
        for (SharedEvent event : events) {
            LocalChannel channel = channels.get(event.event().channel());
            if (channel == null) {
                continue;
            }
            Sequence sequence = channel.sequenceOf(event.event());
            if (sequence == null) {
                emit(channel, List.of(event));
                continue;
            }
            List<SharedEvent> ready = new ArrayList<>(1);
            Sequence.Verdict verdict = sequence.offer(event, ready);
            emit(channel, ready);
            if (!(event.event() instanceof Publication)) {
                repairs.obeyOfChanges(channel, verdict);
                continue;
            }
            if (verdict == Sequence.Verdict.HOLE && ready.isEmpty()) {
                listener.heldBack(sequence.held());
            }
            repairs.obey(channel, verdict);
        }
    }

    /** The owner's word on the member list, given to one that subscribes and may be ahead of what is on its way. */
    private void ownerSays(LocalChannel channel, @Nullable Changes changes) {
        if (changes == null) {
            emitIfAny(channel, channel.countNoChanges());
            return;
        }
        List<SharedEvent> ready = new ArrayList<>(0);
        Sequence.Verdict verdict = channel.changes().ownerSays(changes.position(), ready);
        emitIfAny(channel, ready);
        repairs.obeyOfChanges(channel, verdict);
    }

    /**
     * What the owner still had of the joins and leaves that did not come; whether there were any.
     *
     * @param known where they stood here when it was asked
     */
    boolean resume(LocalChannel channel, @Nullable Changes changes, @Nullable StreamPosition known) {
        if (changes == null) {
            emitIfAny(channel, channel.countNoChanges());
            return false;
        }
        List<SharedEvent> missed = new ArrayList<>(changes.missed().size());
        changes.missed().forEach(change -> missed.add(new SharedEvent(change)));
        List<SharedEvent> ready = new ArrayList<>(missed.size());
        channel.changes().resume(changes.position(), known, missed, ready);
        emitIfAny(channel, ready);
        return !missed.isEmpty();
    }

    /** Joins and leaves have waited long enough for one that does not come. */
    void release(LocalChannel channel) {
        emitIfAny(channel, channel.changes().release());
    }

    private void emitIfAny(LocalChannel channel, List<SharedEvent> ready) {
        if (!ready.isEmpty()) {
            emit(channel, ready);
        }
    }

    private void ownerSays(LocalChannel channel, StreamPosition position) {
        Sequence sequence = channel.sequence();
        if (sequence == null) {
            return;
        }
        List<SharedEvent> ready = new ArrayList<>(0);
        boolean begins = sequence.position() == null;
        Sequence.Verdict verdict = sequence.ownerSays(position, ready);
        if (verdict == Sequence.Verdict.LOST) {
            lose(channel);
            // Who has just been answered is the first of the new stream.
            begins = true;
            verdict = Objects.requireNonNull(channel.sequence()).ownerSays(position, ready);
        }
        if (begins) {
            channel.holdFrom(position.offset());
        }
        emit(channel, ready);
        repairs.obey(channel, verdict);
        if (channel.inDoubt) {
            repairs.doubt(channel, Repairs.REORDER_MILLIS);
        }
    }

    /** Whether somebody on this loop still wants it. */
    boolean has(LocalChannel channel) {
        return channels.has(channel);
    }

    /** A new interest to route this node with, for this loop. */
    long renewInterest(LocalChannel channel) {
        return interests.add(channel.name(), index);
    }

    private void emit(LocalChannel channel, List<SharedEvent> ready) {
        List<Subscription> full = List.of();
        for (SharedEvent event : ready) {
            List<Subscription> more = channel.emit(event);
            full = more.isEmpty() ? full : more;
        }
        if (!full.isEmpty()) {
            full.forEach(this::unsubscribe);
            tellLost(channel, full);
        }
        if (channel.hasTurn()) {
            turnover.brought(ready);
            if (!channel.dirty && !gathering.holds(channel, ready)) {
                turnover.atEnd(channel);
            }
        }
        settle(channel);
    }

    /** Those that were told a position which this loop has reached go live when the turn ends, all with one write. */
    private void settle(LocalChannel channel) {
        if (!channel.gathers && !channel.settled().isEmpty()) {
            turnover.atEnd(channel);
        }
    }

    /** The stream of a channel cannot be continued: tells all who follow it. Who is about to join begins a new one. */
    void lose(LocalChannel channel) {
        turnover.writeNow(channel);
        List<Subscription> ended = channel.restart();
        count(-ended.size());
        ended.forEach(subscription -> subscription.subscriber.left(channel.name()));
        tellLost(channel, ended);
        removeIfEmpty(channel);
    }

    private void tellLost(LocalChannel channel, List<Subscription> lost) {
        listener.positionLost(lost.size());
        LOG.atInfo()
                .addKeyValue("channel", channel.name())
                .log("position lost on {} for {} subscriptions", channel.name(), lost.size());
        for (Subscription subscription : lost) {
            subscription.subscriber.positionLost(channel.name());
        }
    }

    /**
     * How the next channels stand here, going through them from the last to the first.
     *
     * @param from where the last call stopped; any large number at first
     * @return where the next call goes on; 0 when all were seen
     */
    int standings(int from, int count, List<Standing> into) {
        return channels.standings(from, count, into);
    }

    /** Subscribers of a channel on this loop. */
    int subscribers(ChannelName name) {
        LocalChannel channel = channels.get(name);
        return channel == null ? 0 : channel.size();
    }

    /** Tells all channels of this loop with their subscribers. */
    void headcount(ObjIntConsumer<ChannelName> each) {
        channels.forEach(channel -> each.accept(channel.name(), channel.size()));
    }

    /** Owners stand elsewhere than this loop. */
    void drifted(List<Drift> drifts) {
        for (Drift drift : drifts) {
            LocalChannel channel = channels.get(drift.believed().channel());
            if (channel != null) {
                repairs.drifted(channel, drift);
            }
        }
    }

    EventLoop loop() {
        return loop;
    }
}
