package dev.carillon.cluster;

import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Vertx;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether every owner's data has its copies on other members. The whole cluster is asked in the background, one
 * question at a time: a member that is silent holds an answer up until it is no member any more. Safe on any thread.
 */
final class CopyWatch {
    private static final Logger LOG = LoggerFactory.getLogger(CopyWatch.class);
    private static final long INTERVAL_MILLIS = 500;

    private final Vertx vertx;
    private final HazelcastInstance hazelcast;
    private volatile boolean open;
    private volatile boolean complete;
    private volatile boolean wasComplete;

    CopyWatch(Vertx vertx, HazelcastInstance hazelcast) {
        this.vertx = vertx;
        this.hazelcast = hazelcast;
    }

    void open() {
        open = true;
        look();
    }

    void close() {
        open = false;
    }

    /** Whether they were there when last asked: one more node may go, or be lost, without a loss. */
    boolean isComplete() {
        return complete;
    }

    /** Whether they have all been there since this node joined. */
    boolean wasComplete() {
        return wasComplete;
    }

    private void look() {
        vertx.executeBlocking(
                        () -> hazelcast.getLifecycleService().isRunning()
                                && hazelcast.getPartitionService().isClusterSafe(),
                        false)
                .otherwise(cause -> {
                    LOG.debug("nobody could tell whether all copies are there", cause);
                    return false;
                })
                .onSuccess(answer -> {
                    complete = answer;
                    wasComplete |= answer;
                    if (open) {
                        vertx.setTimer(INTERVAL_MILLIS, now -> look());
                    }
                });
    }
}
