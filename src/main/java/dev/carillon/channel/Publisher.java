package dev.carillon.channel;

import dev.carillon.channel.Lane.Batch;
import dev.carillon.channel.Lane.Waiting;
import dev.carillon.channel.PublisherListener.Refusal;
import io.netty.channel.EventLoop;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes from one event loop. Each channel has a lane with one append under way: what is published meanwhile waits
 * and goes together in the next (group commit), so that a hot channel is cheap, order per publisher holds through
 * retries, and a lone publish waits for nothing. An append whose outcome is unknown, because its owner died or moved, is
 * repeated with its origin and turn, which the new owner takes for the same; the lane waits meanwhile. Confined to the
 * loop.
 */
public final class Publisher {
    /** Pauses before repeats double from the first to the last. */
    static final long FIRST_PAUSE_MILLIS = 50;

    static final long LAST_PAUSE_MILLIS = 500;

    /** Deadlines are looked at this often: no timer for each append. */
    static final long WATCH_MILLIS = 250;

    private static final long LONGEST_RETRY_AFTER_MILLIS = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private static final String IN_TIME = "in time";

    private static final String WITH_A_MAJORITY = "before the majority was lost";

    private final EventLoop loop;
    private final String origin;
    private final ChannelOwner owner;
    private final Routes routes;
    private final Bounds bounds;
    private final PublisherListener listener;
    private final LongSupplier ticker;
    private final Map<ChannelName, Lane> lanes = new HashMap<>();
    private long turns;
    private int drafts;
    private long bytes;
    private boolean watching;

    /**
     * What may wait, its append under way included.
     *
     * @param laneDrafts drafts of one channel
     * @param drafts of all channels of the loop
     * @param bytes of the data of all drafts of the loop
     * @param timeout after which a publisher is told that its publication's fate is unknown
     */
    public record Bounds(int laneDrafts, int drafts, long bytes, Duration timeout) {
        public static final Bounds DEFAULTS = new Bounds(10_000, 50_000, 32 * 1024 * 1024, Duration.ofSeconds(15));

        public Bounds withTimeout(Duration newTimeout) {
            return new Bounds(laneDrafts, drafts, bytes, newTimeout);
        }
    }

    /**
     * @param origin of this loop, unlike any other in the cluster's life
     * @param ticker milliseconds on a clock that only goes forward, also while the process is stopped
     */
    public Publisher(
            EventLoop loop,
            String origin,
            ChannelOwner owner,
            Routes routes,
            Bounds bounds,
            PublisherListener listener,
            LongSupplier ticker) {
        this.loop = loop;
        this.origin = origin;
        this.owner = owner;
        this.routes = routes;
        this.bounds = bounds;
        this.listener = listener;
        this.ticker = ticker;
    }

    /**
     * Publishes a draft. The future completes on the loop once the publication has its offset and its copy. It fails
     * with {@link UnavailableException} if it was not appended or, after {@link Bounds#timeout} or with the majority
     * lost, may not have been, and with {@link OverloadedException} if too much waits: the same draft with the same key may be tried again.
     */
    public Future<Ack> publish(ChannelName channel, Draft draft) {
        Lane lane = lanes.get(channel);
        int size = draft.data().size();
        RuntimeException full = full(lane, size);
        if (full != null) {
            return Future.failedFuture(full);
        }
        if (lane == null) {
            Lane begun = new Lane(channel);
            lanes.put(channel, begun);
            lane = begun;
            // At the end of the turn, so that what one read brought goes together.
            loop.execute(() -> next(begun));
            watch();
        }
        Waiting waiting =
                new Waiting(draft, ticker.getAsLong() + bounds.timeout().toMillis(), Promise.promise());
        lane.waiting.add(waiting);
        count(1, size);
        return waiting.promise().future();
    }

    private @Nullable RuntimeException full(@Nullable Lane lane, int size) {
        boolean stuck;
        if (lane != null && lane.waiting.size() >= bounds.laneDrafts()) {
            stuck = lane.isStuck();
        } else if (drafts >= bounds.drafts() || bytes + size > bounds.bytes()) {
            stuck = lanes.values().stream().anyMatch(Lane::isStuck);
        } else {
            return null;
        }
        if (stuck) {
            listener.refused(Refusal.UNAVAILABLE, 1);
            return new UnavailableException("too much waits for an owner that does not answer");
        }
        listener.refused(Refusal.OVERLOADED, 1);
        return new OverloadedException("too much waits to be appended", Duration.ofMillis(retryAfterMillis(lane)));
    }

    /** About as long as what waits needs. */
    private long retryAfterMillis(@Nullable Lane lane) {
        long appends = lane == null ? 1 : 1 + lane.waiting.size() / Lane.MAX_BATCH;
        long each = lane == null ? FIRST_PAUSE_MILLIS : Math.max(lane.lastMillis, 1);
        return Math.max(FIRST_PAUSE_MILLIS, Math.min(LONGEST_RETRY_AFTER_MILLIS, appends * each));
    }

    private void next(Lane lane) {
        long now = ticker.getAsLong();
        List<Waiting> items = lane.take();
        while (!items.isEmpty() && items.get(0).deadline() <= now) {
            // The process slept, or the append before took all the time: whoever published was promised an answer.
            List<Waiting> late =
                    items.stream().filter(item -> item.deadline() <= now).toList();
            fail(late, new UnavailableException("waited too long for " + lane.channel), Refusal.TIMEOUT);
            items = new ArrayList<>(items.subList(late.size(), items.size()));
            if (items.isEmpty()) {
                items = lane.take();
            }
        }
        if (items.isEmpty()) {
            lane.current = null;
            lanes.remove(lane.channel, lane);
            return;
        }
        Batch batch = new Batch(++turns, items, now);
        lane.current = batch;
        attempt(lane, batch);
    }

    private void attempt(Lane lane, Batch batch) {
        batch.attempts++;
        owner.append(lane.channel, origin, batch.turn, batch.drafts)
                .onComplete(done -> loop.execute(() -> attempted(lane, batch, done)));
    }

    private void attempted(Lane lane, Batch batch, AsyncResult<Appended> done) {
        boolean givenUp = lane.current != batch;
        if (done.succeeded()) {
            // Late or not: it is in the stream, so subscribers are to have it.
            route(lane.channel, batch, done.result());
            if (!givenUp) {
                settled(lane, batch, done.result());
            }
        } else if (!givenUp) {
            failed(lane, batch, done.cause());
        }
    }

    private void settled(Lane lane, Batch batch, Appended appended) {
        lane.lastMillis = ticker.getAsLong() - batch.begunAt;
        listener.appended(batch.items.size(), lane.lastMillis);
        for (int i = 0; i < batch.items.size(); i++) {
            Waiting item = batch.items.get(i);
            count(-1, -item.draft().data().size());
            listener.accepted(lane.channel, item.draft(), appended.acks().get(i));
            item.promise().tryComplete(appended.acks().get(i));
        }
        next(lane);
    }

    private void failed(Lane lane, Batch batch, Throwable cause) {
        if (cause instanceof UnsettledException) {
            long left = batch.deadline() - ticker.getAsLong();
            if (left <= 0) {
                giveUp(lane, batch, IN_TIME);
            } else {
                LOG.debug("attempt {} to append to {} is repeated", batch.attempts, lane.channel, cause);
                long pause = Math.min(LAST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(batch.attempts - 1, 8));
                loop.schedule(() -> repeat(lane, batch), Math.min(pause, left), TimeUnit.MILLISECONDS);
            }
            return;
        }
        if (!(cause instanceof UnavailableException)) {
            LOG.atError()
                    .addKeyValue("channel", lane.channel)
                    .setCause(cause)
                    .log("{} publications on {} failed", batch.items.size(), lane.channel);
        }
        List<Waiting> refused = new ArrayList<>(batch.items);
        if (cause instanceof UnavailableException) {
            // It is the cluster that refuses: what waits would be refused as well, only later.
            refused.addAll(lane.waiting);
            lane.waiting.clear();
        }
        fail(refused, cause, Refusal.UNAVAILABLE);
        next(lane);
    }

    private void repeat(Lane lane, Batch batch) {
        if (lane.current != batch) {
            return;
        }
        if (batch.deadline() <= ticker.getAsLong()) {
            giveUp(lane, batch, IN_TIME);
            return;
        }
        listener.appendRepeated();
        attempt(lane, batch);
    }

    /** Nobody knows whether it was appended. A turn after it keeps the owner from appending it later. */
    private void giveUp(Lane lane, Batch batch, String until) {
        LOG.atWarn()
                .addKeyValue("channel", lane.channel)
                .log(
                        "{} publications on {} may or may not be appended; their publishers were told 101 after {} attempts:"
                                + " no answer {}",
                        batch.items.size(),
                        lane.channel,
                        batch.attempts,
                        until);
        fail(
                batch.items,
                new UnavailableException("no answer from the owner of " + lane.channel + " " + until),
                Refusal.TIMEOUT);
        next(lane);
    }

    private void route(ChannelName channel, Batch batch, Appended appended) {
        if (appended.nodes().isEmpty()) {
            return;
        }
        List<Publication> publications = new ArrayList<>(batch.drafts.size());
        for (int i = 0; i < batch.drafts.size(); i++) {
            Ack ack = appended.acks().get(i);
            if (!ack.duplicate()) {
                publications.add(Publication.of(channel, ack.position(), batch.drafts.get(i)));
            }
        }
        if (!publications.isEmpty()) {
            routes.send(appended.nodes(), publications);
        }
    }

    private void fail(List<Waiting> items, Throwable cause, Refusal reason) {
        if (items.isEmpty()) {
            return;
        }
        listener.refused(reason, items.size());
        for (Waiting item : items) {
            count(-1, -item.draft().data().size());
            item.promise().tryFail(cause);
        }
    }

    private void count(int moreDrafts, long moreBytes) {
        drafts += moreDrafts;
        bytes += moreBytes;
        listener.waiting(moreDrafts, moreBytes);
    }

    private void watch() {
        if (!watching) {
            watching = true;
            loop.schedule(this::lookAtDeadlines, WATCH_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void lookAtDeadlines() {
        watching = false;
        long now = ticker.getAsLong();
        boolean refused = owner.refuses();
        for (Lane lane : List.copyOf(lanes.values())) {
            Batch batch = lane.current;
            if (batch == null) {
                continue;
            }
            if (refused) {
                giveUp(lane, batch, WITH_A_MAJORITY);
            } else if (batch.deadline() <= now) {
                giveUp(lane, batch, IN_TIME);
            }
        }
        if (!lanes.isEmpty()) {
            watch();
        }
    }
}
