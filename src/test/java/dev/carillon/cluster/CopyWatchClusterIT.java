package dev.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.internal.partition.MigrationStateImpl;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.Until;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CopyWatchClusterIT {
    private final String cluster = "copies-" + System.nanoTime();
    private final ClusterMember one = ClusterMember.join(cluster, Map.of());
    private final ClusterMember two = ClusterMember.join(cluster, Map.of(), one);
    private final CopyWatch watch = new CopyWatch(one.vertx, one.hazelcast);

    @AfterEach
    void stop() {
        watch.close();
        two.stop();
        one.stop();
    }

    @Test
    void whatWasKnownEndsWhenPartitionsBeginOrCeaseToMoveAndIsAskedAnew() {
        watch.open();
        Until.holds(watch::isComplete, () -> "copies are missing");

        watch.migrationStarted(new MigrationStateImpl());
        assertThat(watch.isComplete()).isFalse();
        Until.holds(watch::isComplete, () -> "copies are missing");

        watch.migrationFinished(new MigrationStateImpl());
        assertThat(watch.isComplete()).isFalse();
        Until.holds(watch::isComplete, () -> "copies are missing");
    }
}
