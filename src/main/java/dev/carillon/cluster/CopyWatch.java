package dev.carillon.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.partition.MigrationListener;
import com.hazelcast.partition.MigrationState;
import com.hazelcast.partition.ReplicaMigrationEvent;
import io.vertx.core.Vertx;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether all data that this member owns has its copies on other members. Each answers for itself: asking the others
 * takes threads of theirs that have to answer heartbeats as well, and holds them for as long as any member is silent. What
 * was known ends with the membership that it was known of, and when partitions begin or cease to move. Safe on any thread.
 */
final class CopyWatch implements MigrationListener {
    private static final Logger LOG = LoggerFactory.getLogger(CopyWatch.class);
    private static final long LOOK_MILLIS = 500;

    /**
     * Looks between two questions while all copies are there: an owner asks for each of its copies, which is what a node at
     * rest would do most of, and they are seldom lost while all members stay.
     */
    private static final int COMPLETE_LOOKS = 20;

    private final Vertx vertx;
    private final HazelcastInstance hazelcast;
    private final AtomicInteger moves = new AtomicInteger();
    private UUID migrations = new UUID(0, 0);
    private volatile boolean open;
    private volatile boolean wasComplete;

    /** The very list of members with which all copies were seen to be there; null if some are missing. */
    private volatile @Nullable Set<Member> completeWith;

    CopyWatch(Vertx vertx, HazelcastInstance hazelcast) {
        this.vertx = vertx;
        this.hazelcast = hazelcast;
    }

    void open() {
        open = true;
        migrations = hazelcast.getPartitionService().addMigrationListener(this);
        look(0);
    }

    void close() {
        open = false;
        hazelcast.getPartitionService().removeMigrationListener(migrations);
    }

    @Override
    public void migrationStarted(MigrationState state) {
        forget();
    }

    @Override
    public void migrationFinished(MigrationState state) {
        forget();
    }

    @Override
    public void replicaMigrationCompleted(ReplicaMigrationEvent event) {
        // The whole of it is told as well.
    }

    @Override
    public void replicaMigrationFailed(ReplicaMigrationEvent event) {
        forget();
    }

    /** What was asked before does not count either. */
    private void forget() {
        moves.incrementAndGet();
        completeWith = null;
    }

    /**
     * Whether they were there when last asked, and nobody came or went since. Where every node says so one of them may go,
     * or be lost, without a loss.
     */
    boolean isComplete() {
        Set<Member> with = completeWith;
        return with != null && hazelcast.getLifecycleService().isRunning() && with == members();
    }

    /** Whether they have all been there since this node joined. */
    boolean wasComplete() {
        return wasComplete;
    }

    private void look(int looks) {
        if (isComplete() && looks < COMPLETE_LOOKS) {
            lookAgain(looks + 1);
            return;
        }
        int before = moves.get();
        Set<Member> asked = hazelcast.getLifecycleService().isRunning() ? members() : null;
        vertx.executeBlocking(
                        () -> asked != null && hazelcast.getPartitionService().isLocalMemberSafe(), false)
                .otherwise(cause -> {
                    LOG.debug("it is not known whether all copies are there", cause);
                    return false;
                })
                .onSuccess(answer -> {
                    completeWith = answer ? asked : null;
                    if (moves.get() != before) {
                        completeWith = null;
                    }
                    wasComplete |= isComplete();
                    lookAgain(1);
                });
    }

    private void lookAgain(int looks) {
        if (open) {
            vertx.setTimer(LOOK_MILLIS, now -> look(looks));
        }
    }

    /** Another list after each change. */
    private Set<Member> members() {
        return hazelcast.getCluster().getMembers();
    }
}
