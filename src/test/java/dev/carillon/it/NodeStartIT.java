package dev.carillon.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.Hazelcast;
import dev.carillon.testing.TestNode;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node that cannot start says why, and leaves nothing running. */
@Timeout(60)
class NodeStartIT {
    @Test
    void aSchemaThatIsNoneStopsTheStart() {
        int members = Hazelcast.getAllHazelcastInstances().size();

        assertThatThrownBy(() -> TestNode.start("namespaces.typed={schema: {$ref: \"#/nowhere\"}}"))
                .hasMessageContaining("namespaces.typed.schema is no JSON Schema");

        assertThat(Hazelcast.getAllHazelcastInstances()).hasSize(members);
    }

    @Test
    void aTakenPortStopsTheStart() throws Exception {
        int members = Hazelcast.getAllHazelcastInstances().size();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> TestNode.start("http.port=" + taken.getLocalPort()))
                    .hasMessageContaining("Address already in use");
        }
        assertThat(Hazelcast.getAllHazelcastInstances()).hasSize(members);
    }
}
