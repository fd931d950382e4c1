package dev.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.carillon.config.ClusterSettings;
import dev.carillon.config.ConfigException;
import dev.carillon.testing.FreePorts;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nodes of versions that do not understand one another. */
class FormatsClusterIT {
    @Test
    void aNodeDoesNotStayAmongNodesItDoesNotUnderstand() {
        int port = FreePorts.pick(1).get(0);
        int other = FreePorts.pick(1).get(0);
        Config config = HazelcastMember.config(settings(port, port), new NodeIdentity("later", "9.0"));
        config.getMemberAttributeConfig().setAttribute(Formats.ATTRIBUTE, "9/9");
        HazelcastInstance later = Hazelcast.newHazelcastInstance(config);
        try {
            assertThatThrownBy(() -> HazelcastMember.start(settings(other, port), new NodeIdentity("here", "1.0")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageStartingWith("cluster.members: node later at ")
                    .hasMessageContaining("keeps data in format 9")
                    .hasMessageContaining("update one version after the other");
            assertThat(Hazelcast.getAllHazelcastInstances())
                    .noneMatch(member -> member != later
                            && member.getConfig().getClusterName().equals(config.getClusterName()));
        } finally {
            later.shutdown();
        }
    }

    @Test
    void neighboursSuitOneAnotherAndThoseFurtherApartDoNot() {
        Formats before = new Formats(2, 3);
        Formats now = new Formats(3, 3);
        Formats next = new Formats(4, 4);

        assertThat(now.suits(before)).isTrue();
        assertThat(before.suits(now)).isTrue();
        assertThat(now.suits(next)).isFalse();
        assertThat(before.suits(next)).isFalse();
    }

    private static ClusterSettings settings(int port, int member) {
        return new ClusterSettings(
                "formats-" + member, "127.0.0.1", port, List.of("127.0.0.1:" + member), "", ClusterSettings.AUTO, 1);
    }
}
