package dev.carillon.cluster;

import static dev.carillon.testing.ClusterMember.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.presence.UserSession;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.Until;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Four nodes, of which each audits at every twentieth look while no session ends, unless ghosts are to be expected. */
class AuditPaceClusterIT {
    private final List<ClusterMember> members = new ArrayList<>();

    @BeforeEach
    void start() {
        String cluster = "pace-" + System.nanoTime();
        for (int i = 0; i < 4; i++) {
            members.add(ClusterMember.join(cluster, Map.of(), members.toArray(ClusterMember[]::new)));
        }
    }

    @AfterEach
    void stop() {
        members.forEach(ClusterMember::stop);
    }

    @Test
    void ghostsGoOnceFoundAndAfterAReassertionAtTheSecondLook() {
        ClusterNode node = members.get(3).node;
        Until.holds(() -> node.nodes() == 4, () -> "only " + node.nodes() + " are here");
        looks(node, AuditPace.AUDITS);

        connect(node, "ann");
        looks(node, 21);
        assertThat(isOnline(node, "ann")).as("one audit in 21 looks").isTrue();
        looks(node, 1);
        Until.holds(() -> !isOnline(node, "ann"), () -> "ann is still connected");

        Promise<Void> asserted = Promise.promise();
        node.healing().onReassert(asserted::tryComplete);
        node.healing().reassert();
        await(asserted.future());
        connect(node, "bob");
        looks(node, 2);
        Until.holds(() -> !isOnline(node, "bob"), () -> "bob is still connected");
    }

    private static void looks(ClusterNode node, int count) {
        for (int i = 0; i < count; i++) {
            await(node.audit());
        }
    }

    private static void connect(ClusterNode node, String user) {
        await(node.users()
                .connect(user, "{}", new UserSession("ghost", node.self().id(), "", "websocket", 1), 5));
    }

    private static boolean isOnline(ClusterNode node, String user) {
        return !await(node.users().status(user)).sessions().isEmpty();
    }
}
