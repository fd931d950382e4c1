package dev.carillon.channel;

import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

    /** A publication ahead of its turn waits this long for the one before it; then the hole is read from the owner. */
    private static final long PATIENCE_MS = 20;

    private static final int FILL_ATTEMPTS = 8;

    private final EventLoop loop;
    private final int index;
    private final ChannelOwner owner;
    private final Interests interests;
    private final Predicate<ChannelName> ephemeral;
    private final int recoveryLimit;
    private final HubListener listener;

    private final Map<ChannelName, LocalChannel> channels = new HashMap<>();
    private List<LocalChannel> dirty = new ArrayList<>();
    private final List<Subscriber> touched = new ArrayList<>();
    private boolean turnEnds;
    private volatile long subscriptions;

    /**
     * @param index of the loop, below {@link Interests#MAX_LOOPS}
     * @param ephemeral whether a channel keeps no stream
     * @param recoveryLimit most publications that a subscribe replays
     */
    Hub(
            EventLoop loop,
            int index,
            ChannelOwner owner,
            Interests interests,
            Predicate<ChannelName> ephemeral,
            int recoveryLimit,
            HubListener listener) {
        this.loop = loop;
        this.index = index;
        this.owner = owner;
        this.interests = interests;
        this.ephemeral = ephemeral;
        this.recoveryLimit = recoveryLimit;
        this.listener = listener;
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
     * Joins a channel. The future completes on the loop; once the subscriber was told the outcome, {@link #goLive} lets
     * flow what came since. Fails with {@link UnavailableException}; then nothing is left behind.
     *
     * @param since asks for what came after it; null for from now on
     */
    public Future<Joining> subscribe(ChannelName name, Subscriber subscriber, @Nullable StreamPosition since) {
        LocalChannel channel =
                channels.computeIfAbsent(name, n -> new LocalChannel(n, ephemeral.test(n) ? null : new Sequence()));
        Subscription subscription = channel.join(subscriber);
        count(1);
        Promise<Joining> promise = Promise.promise();
        owner.subscribe(name, interests.add(name, index), since, recoveryLimit)
                .onComplete(answer -> loop.execute(() -> {
                    if (answer.failed()) {
                        unsubscribe(subscription);
                        promise.fail(answer.cause());
                    } else if (!subscription.isJoining()) {
                        promise.fail(new UnavailableException("ended while joining"));
                    } else {
                        ownerSays(channel, answer.result().position());
                        promise.complete(new Joining(subscription, answer.result()));
                    }
                }));
        return promise.future();
    }

    /** The subscriber was told its position: what came after it follows, then everything live. */
    public void goLive(Joining joining) {
        Subscription.Held held = joining.subscription().held;
        if (held == null) {
            return;
        }
        held.told = joining.recovery().position().offset();
        LocalChannel channel = joining.subscription().channel;
        settle(channel);
        if (joining.subscription().isJoining()) {
            // Publications it was told of are still on their way to this loop, to be skipped for it alone.
            fillLater(channel, 1);
        }
    }

    /** Ends a subscription, live or joining; again it does nothing. */
    public void unsubscribe(Subscription subscription) {
        LocalChannel channel = subscription.channel;
        if (!subscription.isJoining() && subscription.index < 0) {
            return;
        }
        channel.leave(subscription);
        count(-1);
        if (channel.isEmpty() && channels.remove(channel.name(), channel)) {
            interests
                    .remove(channel.name(), index)
                    .ifPresent(interest -> owner.unsubscribe(channel.name(), interest)
                            .onFailure(cause -> LOG.debug("{} stays routed here for a while", channel.name(), cause)));
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

    private void take(List<SharedEvent> events) {
        for (SharedEvent event : events) {
            LocalChannel channel = channels.get(event.event().channel());
            if (channel == null) {
                continue;
            }
            Sequence sequence = channel.sequence();
            if (sequence != null && event.event() instanceof Publication) {
                List<SharedEvent> ready = new ArrayList<>(1);
                Sequence.Verdict verdict = sequence.offer(event, ready);
                emit(channel, ready);
                obey(channel, verdict);
            } else {
                emit(channel, List.of(event));
            }
        }
    }

    private void ownerSays(LocalChannel channel, StreamPosition position) {
        Sequence sequence = channel.sequence();
        if (sequence != null) {
            List<SharedEvent> ready = new ArrayList<>(0);
            Sequence.Verdict verdict = sequence.ownerSays(position, ready);
            emit(channel, ready);
            obey(channel, verdict);
        }
    }

    private void obey(LocalChannel channel, Sequence.Verdict verdict) {
        switch (verdict) {
            case FINE -> {}
            case HOLE -> fillLater(channel, 1);
            case LOST -> lose(channel, channel.all());
        }
    }

    private void emit(LocalChannel channel, List<SharedEvent> ready) {
        List<Subscription> full = List.of();
        for (SharedEvent event : ready) {
            List<Subscription> more = channel.emit(event);
            full = more.isEmpty() ? full : more;
        }
        if (!full.isEmpty()) {
            lose(channel, full);
        }
        if (channel.hasTurn() && !channel.dirty) {
            channel.dirty = true;
            dirty.add(channel);
            if (!turnEnds) {
                turnEnds = true;
                loop.execute(this::endTurn);
            }
        }
        settle(channel);
    }

    private void endTurn() {
        turnEnds = false;
        List<LocalChannel> written = dirty;
        dirty = new ArrayList<>();
        long frames = 0;
        for (LocalChannel channel : written) {
            channel.dirty = false;
            frames += channel.writeTurn(touched);
        }
        flushTouched();
        if (frames > 0) {
            listener.delivered(frames);
        }
    }

    private void flushTouched() {
        for (int i = 0; i < touched.size(); i++) {
            Subscriber subscriber = touched.get(i);
            subscriber.touched = false;
            subscriber.flush();
        }
        touched.clear();
    }

    /** Lets those go live that were told a position which this loop has reached. */
    private void settle(LocalChannel channel) {
        for (Subscription subscription : channel.settled()) {
            Subscription.Held held = subscription.held;
            if (held == null) {
                continue;
            }
            // Those who are live already get this turn now, so that the newcomer does not get it twice.
            listener.delivered(channel.writeTurn(touched));
            flushTouched();
            channel.goLive(subscription);
            List<byte[]> frames = held.unknown(subscription.subscriber.form());
            if (!frames.isEmpty()) {
                Turn turn = new Turn(frames);
                subscription.subscriber.write(turn);
                subscription.subscriber.flush();
                turn.release();
            }
        }
    }

    private void fillLater(LocalChannel channel, int attempt) {
        if (!channel.filling) {
            channel.filling = true;
            loop.schedule(() -> fill(channel, attempt), PATIENCE_MS << (attempt - 1), TimeUnit.MILLISECONDS);
        }
    }

    /** Reads from the owner what is missing, unless it came by itself. */
    private void fill(LocalChannel channel, int attempt) {
        channel.filling = false;
        Sequence sequence = channel.sequence();
        if (sequence == null || channels.get(channel.name()) != channel || !isBehind(channel, sequence)) {
            return;
        }
        StreamPosition here = sequence.position();
        if (here == null) {
            return;
        }
        channel.filling = true;
        owner.subscribe(channel.name(), interests.add(channel.name(), index), here, Sequence.MAX_AHEAD)
                .onComplete(answer -> loop.execute(() -> {
                    channel.filling = false;
                    if (channels.get(channel.name()) != channel) {
                        return; // Everybody left; if the node is routed again by this, its first stray event ends that.
                    }
                    if (answer.succeeded() && answer.result().recovered()) {
                        List<SharedEvent> missed = new ArrayList<>();
                        answer.result().missed().forEach(p -> missed.add(new SharedEvent(p)));
                        take(missed);
                        listener.holeFilled();
                    } else if (answer.failed() && attempt < FILL_ATTEMPTS) {
                        fillLater(channel, attempt + 1);
                    } else {
                        lose(channel, channel.all());
                    }
                }));
    }

    private static boolean isBehind(LocalChannel channel, Sequence sequence) {
        return sequence.hasHole() || channel.isAwaited();
    }

    private void lose(LocalChannel channel, List<Subscription> lost) {
        listener.positionLost(lost.size());
        LOG.info("position lost on {} for {} subscriptions", channel.name(), lost.size());
        for (Subscription subscription : lost) {
            unsubscribe(subscription);
            subscription.subscriber.positionLost(channel.name());
        }
    }
}
