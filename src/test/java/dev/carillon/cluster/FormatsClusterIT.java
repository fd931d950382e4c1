package dev.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.config.MemberAttributeConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.carillon.cluster.owner.Format;
import dev.carillon.config.ClusterSettings;
import dev.carillon.config.ConfigException;
import dev.carillon.testing.FreePorts;
import dev.carillon.testing.Until;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nodes of versions that do not understand one another. */
class FormatsClusterIT {
    @Test
    void aNodeDoesNotStayAmongNodesItDoesNotUnderstand() {
        List<Integer> ports = FreePorts.pick(2);
        int port = ports.get(0);
        int other = ports.get(1);
        Config config = HazelcastMember.config(settings(port, other), new NodeIdentity("later", "9.0"));
        config.getMemberAttributeConfig().setAttribute(Formats.ATTRIBUTE, "9/9");
        HazelcastInstance later = Hazelcast.newHazelcastInstance(config);
        try {
            assertThatThrownBy(() -> HazelcastMember.start(settings(other, port), new NodeIdentity("here", "1.0")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageStartingWith("cluster.members: node later at ")
                    .hasMessageContaining("knows formats 9 to 9")
                    .hasMessageContaining("update one version after the other");
            assertThat(Hazelcast.getAllHazelcastInstances())
                    .noneMatch(member -> member != later
                            && member.getConfig().getClusterName().equals(config.getClusterName()));
        } finally {
            later.shutdown();
        }
    }

    @Test
    void aNodeWritesWhatAllOfThemReadAndTheLatestOnceTheOlderOnesHaveGone() {
        List<Integer> ports = FreePorts.pick(2);
        int port = ports.get(0);
        int other = ports.get(1);
        // The version before told nothing of formats.
        Config config = HazelcastMember.config(settings(port, other), new NodeIdentity("before", "0.9"));
        config.setMemberAttributeConfig(new MemberAttributeConfig().setAttribute(NodeIdentity.ATTRIBUTE, "before"));
        HazelcastInstance before = Hazelcast.newHazelcastInstance(config);
        HazelcastInstance here = HazelcastMember.start(settings(other, port), new NodeIdentity("here", "1.0"));
        try {
            assertThat(here.getCluster().getMembers()).hasSize(2);
            assertThat(Format.written()).isEqualTo(Format.BEFORE);

            before.shutdown();

            Until.holds(() -> Format.written() == Format.LATEST, () -> "format " + Format.written());
            before = Hazelcast.newHazelcastInstance(config);
            Until.holds(() -> Format.written() == Format.BEFORE, () -> "format " + Format.written());
        } finally {
            before.shutdown();
            here.shutdown();
            Format.write(Format.LATEST);
        }
    }

    @Test
    void neighboursSuitOneAnotherAndThoseFurtherApartDoNot() {
        Formats before = new Formats(2, 3);
        Formats now = new Formats(3, 4);
        Formats next = new Formats(4, 5);

        assertThat(now.suits(before)).isTrue();
        assertThat(before.suits(now)).isTrue();
        assertThat(now.suits(next)).isTrue();
        assertThat(before.suits(next)).isFalse();
        assertThat(next.suits(before)).isFalse();
    }

    /** Of the node at the first port, which knows both; the cluster is named after the lower. */
    private static ClusterSettings settings(int port, int other) {
        return new ClusterSettings(
                "formats-" + Math.min(port, other),
                "127.0.0.1",
                port,
                List.of("127.0.0.1:" + port, "127.0.0.1:" + other),
                "",
                ClusterSettings.AUTO,
                1);
    }
}
