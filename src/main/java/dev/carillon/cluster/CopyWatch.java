package dev.carillon.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Vertx;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether every owner's data has its copies on other members. The whole cluster is asked in the background, one
 * question at a time: a member that is silent holds an answer up until it is no member any more. What was known ends
 * with the membership that it was known of. Safe on any thread.
 */
final class CopyWatch {
    private static final Logger LOG = LoggerFactory.getLogger(CopyWatch.class);
    private static final long MISSING_MILLIS = 500;

    /** Every node asks every other, and copies are seldom lost while all members stay. */
    private static final long COMPLETE_MILLIS = 2_000;

    private final Vertx vertx;
    private final HazelcastInstance hazelcast;
    private final AtomicInteger changes = new AtomicInteger();
    private UUID membership = new UUID(0, 0);
    private volatile boolean open;
    private volatile boolean wasComplete;

    /** The number of changes to the membership when all copies were seen to be there, -1 if some are missing. */
    private volatile int completeAt = -1;

    CopyWatch(Vertx vertx, HazelcastInstance hazelcast) {
        this.vertx = vertx;
        this.hazelcast = hazelcast;
    }

    void open() {
        open = true;
        membership = hazelcast.getCluster().addMembershipListener(new MembershipListener() {
            @Override
            public void memberAdded(MembershipEvent event) {
                changes.incrementAndGet();
            }

            @Override
            public void memberRemoved(MembershipEvent event) {
                changes.incrementAndGet();
            }
        });
        look();
    }

    void close() {
        open = false;
        hazelcast.getCluster().removeMembershipListener(membership);
    }

    /**
     * Whether they were there when last asked, and nobody came or went since: one more node may go, or be lost, without a
     * loss.
     */
    boolean isComplete() {
        return completeAt == changes.get();
    }

    /** Whether they have all been there since this node joined. */
    boolean wasComplete() {
        return wasComplete;
    }

    private void look() {
        int asked = changes.get();
        vertx.executeBlocking(
                        () -> hazelcast.getLifecycleService().isRunning()
                                && hazelcast.getPartitionService().isClusterSafe(),
                        false)
                .otherwise(cause -> {
                    LOG.debug("nobody could tell whether all copies are there", cause);
                    return false;
                })
                .onSuccess(answer -> {
                    completeAt = answer ? asked : -1;
                    wasComplete |= isComplete();
                    if (open) {
                        vertx.setTimer(isComplete() ? COMPLETE_MILLIS : MISSING_MILLIS, now -> look());
                    }
                });
    }
}
