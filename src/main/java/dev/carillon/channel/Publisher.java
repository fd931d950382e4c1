package dev.carillon.channel;

import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes from one event loop. Each channel has a lane with one append under way: what is published meanwhile waits
 * and goes together in the next (group commit), so that a hot channel is cheap, order per publisher holds through
 * retries, and a lone publish waits for nothing. Confined to the loop.
 */
public final class Publisher {
    /** Drafts waiting in one lane; one more is refused as unavailable. */
    static final int MAX_WAITING = 10_000;

    /** Drafts and bytes of one append. */
    static final int MAX_BATCH = 1024;

    static final int MAX_BATCH_BYTES = 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private final EventLoop loop;
    private final String origin;
    private final ChannelOwner owner;
    private final Routes routes;
    private final Map<ChannelName, Lane> lanes = new HashMap<>();
    private long turns;

    /** @param origin of this loop, unlike any other in the cluster's life */
    public Publisher(EventLoop loop, String origin, ChannelOwner owner, Routes routes) {
        this.loop = loop;
        this.origin = origin;
        this.owner = owner;
        this.routes = routes;
    }

    /**
     * Publishes a draft. The future completes on the loop once the publication has its offset and its copy; it fails
     * with {@link UnavailableException} if it may not have been appended: the same draft with the same key may be tried
     * again.
     */
    public Future<Ack> publish(ChannelName channel, Draft draft) {
        Lane lane = lanes.computeIfAbsent(channel, Lane::new);
        if (lane.waiting.size() >= MAX_WAITING) {
            return Future.failedFuture(new UnavailableException("too many publications wait for " + channel));
        }
        Waiting waiting = new Waiting(draft, Promise.promise());
        lane.waiting.add(waiting);
        if (!lane.busy) {
            lane.busy = true;
            // At the end of the turn, so that what one read brought goes together.
            loop.execute(() -> append(lane));
        }
        return waiting.promise.future();
    }

    private void append(Lane lane) {
        List<Waiting> batch = lane.next();
        List<Draft> drafts = new ArrayList<>(batch.size());
        for (Waiting waiting : batch) {
            drafts.add(waiting.draft);
        }
        owner.append(lane.channel, origin, ++turns, drafts)
                .onComplete(done -> loop.execute(() -> {
                    if (done.succeeded()) {
                        appended(lane.channel, batch, done.result());
                    } else {
                        LOG.warn("{} publications on {} may be lost", batch.size(), lane.channel, done.cause());
                        batch.forEach(waiting -> waiting.promise.tryFail(done.cause()));
                    }
                    if (lane.waiting.isEmpty()) {
                        lane.busy = false;
                        lanes.remove(lane.channel, lane);
                    } else {
                        append(lane);
                    }
                }));
    }

    private void appended(ChannelName channel, List<Waiting> batch, Appended appended) {
        if (!appended.nodes().isEmpty()) {
            List<Publication> publications = new ArrayList<>(batch.size());
            for (int i = 0; i < batch.size(); i++) {
                Ack ack = appended.acks().get(i);
                Draft draft = batch.get(i).draft;
                if (!ack.duplicate()) {
                    publications.add(new Publication(
                            channel, ack.position(), draft.data(), draft.userId(), draft.timestampMillis()));
                }
            }
            if (!publications.isEmpty()) {
                routes.send(appended.nodes(), publications);
            }
        }
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).promise.tryComplete(appended.acks().get(i));
        }
    }

    private record Waiting(Draft draft, Promise<Ack> promise) {}

    /** What waits to be appended to one channel. */
    private static final class Lane {
        final ChannelName channel;
        List<Waiting> waiting = new ArrayList<>(1);
        boolean busy;

        Lane(ChannelName channel) {
            this.channel = channel;
        }

        /** Takes what may go together now. */
        List<Waiting> next() {
            int count = 0;
            long bytes = 0;
            while (count < waiting.size() && count < MAX_BATCH && bytes < MAX_BATCH_BYTES) {
                bytes += waiting.get(count++).draft.data().size();
            }
            List<Waiting> batch = waiting;
            if (count == waiting.size()) {
                waiting = new ArrayList<>(1);
            } else {
                batch = new ArrayList<>(waiting.subList(0, count));
                waiting = new ArrayList<>(waiting.subList(count, waiting.size()));
            }
            return batch;
        }
    }
}
