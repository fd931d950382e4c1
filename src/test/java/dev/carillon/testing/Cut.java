package dev.carillon.testing;

import com.hazelcast.cluster.impl.MemberImpl;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.cluster.impl.ClusterServiceImpl;
import java.util.List;

/** Cuts a member of a cluster in this JVM off: each part takes the other for dead, as after a lost link. */
public final class Cut {
    private Cut() {}

    /**
     * The parts find one another again by Hazelcast's own search, some seconds later.
     *
     * @param others the rest of the cluster, the oldest first, which is older than {@code lone}
     */
    public static void off(ClusterMember lone, List<ClusterMember> others) {
        others.forEach(other -> suspect(lone, other));
        suspect(others.get(0), lone);
    }

    private static void suspect(ClusterMember by, ClusterMember suspected) {
        ClusterServiceImpl cluster =
                ((HazelcastInstanceProxy) by.hazelcast).getOriginal().node.getClusterService();
        MemberImpl member = cluster.getMember(
                suspected.hazelcast.getCluster().getLocalMember().getAddress());
        if (member != null) {
            cluster.suspectMember(member, "cut by a test", true);
        }
    }
}
