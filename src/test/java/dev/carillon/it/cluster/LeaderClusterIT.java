package dev.carillon.it.cluster;

import static dev.carillon.testing.ClusterMember.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.ChannelName;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.presence.Member;
import dev.carillon.testing.ApplicationMember;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.Namespaces;
import dev.carillon.testing.RecordingSubscriber;
import dev.carillon.testing.Until;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An application's process that is older than every node: what has to be done once is still done by a node. */
class LeaderClusterIT {
    private static final Map<String, NamespaceSettings> NAMESPACES = Map.of("room", Namespaces.withPresence());

    @Test
    void theOldestNodeCleansUpAlthoughAMemberThatIsNoNodeIsOlder() {
        ClusterMember first = ClusterMember.join("leaders", NAMESPACES);
        Vertx application = ApplicationMember.join("leaders", List.of(address(first)), true);
        ClusterMember second = ClusterMember.join("leaders", NAMESPACES, first);
        ClusterMember third = ClusterMember.join("leaders", NAMESPACES, first, second);
        ChannelName room = new ChannelName("room:a");
        RecordingSubscriber subscriber = new RecordingSubscriber(second.loop(0));
        try {
            await(subscriber.subscribe(room.value(), null));
            await(third.node.presence().join(room, new Member("alice", "s1", "{}", 1, third.id())));
            assertThat(first.node.isOldest()).isTrue();
            first.stop();
            Until.holds(second.node::isOldest, () -> "nobody is the oldest node");
            assertThat(third.node.isOldest()).isFalse();

            third.kill();

            assertThat(subscriber.seenUntil("-s1@2")).containsExactly("+s1@1", "-s1@2");
        } finally {
            await(application.close());
            second.stop();
        }
    }

    private static String address(ClusterMember member) {
        var address = member.hazelcast.getCluster().getLocalMember().getAddress();
        return address.getHost() + ":" + address.getPort();
    }
}
