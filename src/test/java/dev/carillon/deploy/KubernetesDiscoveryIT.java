package dev.carillon.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.FreePorts;
import dev.carillon.testing.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that find one another by DNS alone, with the file for Kubernetes. */
class KubernetesDiscoveryIT {
    @TempDir
    Path directory;

    @Test
    void aSecondNodeFindsTheFirstByTheNameOfTheService() throws Exception {
        int first = FreePorts.pick(1).get(0);
        int second = FreePorts.pick(1).get(0);
        String name = "cluster.name=kubernetes-" + first;
        TestNode one = TestNode.start(name, "cluster.file=" + file(first, first));
        TestNode two = TestNode.start(name, "cluster.file=" + file(second, first));
        try {
            assertThat(one.meter("carillon_nodes")).isEqualTo(2);
            assertThat(two.meter("carillon_nodes")).isEqualTo(2);
        } finally {
            two.stop();
            one.stop();
        }
    }

    /** The file that is shipped, on loopback, where DNS has a name for it, and with two members at one address. */
    private Path file(int port, int servicePort) throws IOException {
        String text = Files.readString(Path.of("cluster/hazelcast-kubernetes.yaml"))
                .replace("service-dns: carillon-members", "service-dns: localhost")
                .replace("service-port: 5701", "service-port: " + servicePort)
                .replace("port: 5701\n      auto", "port: " + port + "\n      auto")
                .replace(
                        "    join:\n",
                        "    interfaces:\n      enabled: true\n      interfaces: [127.0.0.1]\n    join:\n")
                .replace("  properties:\n", "  properties:\n    hazelcast.local.localAddress: 127.0.0.1\n");
        return Files.writeString(directory.resolve("hazelcast-" + port + ".yaml"), text);
    }
}
