package dev.carillon.cluster;

import com.hazelcast.partition.PartitionLostEvent;
import com.hazelcast.partition.PartitionLostListener;
import dev.carillon.channel.Inbox;
import dev.carillon.channel.Reasserted;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the channels of this node compared with their owners: from time to time, and soon when events or partitions may
 * have been lost, but not more often than once a second. Safe on any thread.
 */
final class RoutingWatch implements PartitionLostListener {
    static final long INTERVAL_MILLIS = 20_000;

    /** Added at random, so that nodes that started together do not ask together. */
    static final long JITTER_MILLIS = 5_000;

    static final long PAUSE_MILLIS = 1_000;

    /** After a run that some owners did not answer. */
    static final long RETRY_MILLIS = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(RoutingWatch.class);

    private final Vertx vertx;
    private final Inbox inbox;
    private final int copies;
    private final LongSupplier clock;
    private final RandomGenerator random;
    private final AtomicInteger lostPartitions = new AtomicInteger();
    private boolean open;
    private boolean planned;
    private boolean retryPlanned;
    private long nextMillis;

    /**
     * @param copies of each owner's data on other members
     * @param clock milliseconds on a clock that only goes forward
     */
    RoutingWatch(Vertx vertx, Inbox inbox, int copies, LongSupplier clock, RandomGenerator random) {
        this.vertx = vertx;
        this.inbox = inbox;
        this.copies = copies;
        this.clock = clock;
        this.random = random;
        nextMillis = clock.getAsLong();
    }

    void open() {
        synchronized (this) {
            open = true;
        }
        planRegular();
    }

    synchronized void close() {
        open = false;
    }

    private void planRegular() {
        vertx.setTimer(INTERVAL_MILLIS + random.nextLong(JITTER_MILLIS), now -> {
            if (isOpen()) {
                doubt();
                planRegular();
            }
        });
    }

    private synchronized boolean isOpen() {
        return open;
    }

    /** Something may have been lost. */
    void doubt() {
        long wait;
        synchronized (this) {
            if (planned || !open) {
                return;
            }
            planned = true;
            wait = Math.max(1, nextMillis - clock.getAsLong());
        }
        vertx.setTimer(wait, now -> run());
    }

    @Override
    public void partitionLost(PartitionLostEvent event) {
        // It is also told of an owner that died and whose copy took its place: worth a comparison, but nothing is lost.
        if (event.getLostBackupCount() >= copies) {
            lostPartitions.incrementAndGet();
        }
        doubt();
    }

    private void run() {
        int lost = lostPartitions.getAndSet(0);
        if (lost > 0) {
            LOG.warn("{} partitions were lost with their copies; their channels begin anew", lost);
        }
        synchronized (this) {
            planned = false;
            nextMillis = clock.getAsLong() + PAUSE_MILLIS;
            if (!open) {
                return;
            }
        }
        inbox.reassert().onSuccess(this::ran);
    }

    private void ran(Reasserted outcome) {
        if (outcome.drifted() > 0) {
            LOG.info("{} of {} channels stood differently at their owners", outcome.drifted(), outcome.channels());
        }
        synchronized (this) {
            if (outcome.unanswered() == 0 || retryPlanned || !open) {
                return;
            }
            retryPlanned = true;
        }
        LOG.warn("the owners of {} channels could not be asked; again in {} ms", outcome.unanswered(), RETRY_MILLIS);
        vertx.setTimer(RETRY_MILLIS, now -> {
            synchronized (this) {
                retryPlanned = false;
            }
            doubt();
        });
    }
}
