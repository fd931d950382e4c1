package dev.carillon.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.FreePorts;
import dev.carillon.testing.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Members that find one another with the files for Hazelcast that are shipped, changed only in addresses and ports. */
@Timeout(90)
class HazelcastFilesIT {
    private static final String LOOPBACK =
            "    interfaces:\n      enabled: true\n      interfaces: [127.0.0.1]\n    join:\n";

    @TempDir
    Path directory;

    private final List<Integer> ports = FreePorts.pick(3);

    @Test
    void inKubernetesByTheNameOfTheService() throws Exception {
        String text = shipped("kubernetes")
                .replace("service-dns: carillon-members", "service-dns: localhost")
                // DNS knows no ports, and on one machine each has its own.
                .replace("service-port: 5701", "service-port: " + ports.get(0))
                .replace("    join:\n", LOOPBACK)
                .replace("  properties:\n", "  properties:\n    hazelcast.local.localAddress: 127.0.0.1\n");

        assertTwoJoin(of(ports.get(0), text), of(ports.get(1), text));
    }

    @Test
    void atFixedAddressesByTheirList() throws Exception {
        String text = shipped("tcp-ip")
                .replace("10.0.0.*", "127.0.0.1")
                .replace("10.0.0.11:5701", "127.0.0.1:" + ports.get(0))
                .replace("10.0.0.12:5701", "127.0.0.1:" + ports.get(1))
                // One that is not there.
                .replace("10.0.0.13:5701", "127.0.0.1:" + ports.get(2));

        assertTwoJoin(of(ports.get(0), text), of(ports.get(1), text));
    }

    @Test
    void onOneMachineByItsPorts() throws Exception {
        // Both read the same file: the second takes the next port that is free.
        Path file = of(ports.get(0), shipped("single-host"));

        assertTwoJoin(file, file);
    }

    private void assertTwoJoin(Path first, Path second) {
        String name = "cluster.name=files-" + ports.get(0);
        TestNode one = TestNode.start(name, "cluster.file=" + first);
        try {
            TestNode two = TestNode.start(name, "cluster.file=" + second);
            assertThat(one.meter("carillon_nodes")).isEqualTo(2);
            assertThat(two.meter("carillon_nodes")).isEqualTo(2);
            two.stop();
        } finally {
            one.stop();
        }
    }

    private static String shipped(String name) throws IOException {
        return Files.readString(Path.of("cluster/hazelcast-" + name + ".yaml"));
    }

    /** For the member at a port. */
    private Path of(int port, String text) throws IOException {
        return Files.writeString(
                directory.resolve("hazelcast-" + port + ".yaml"),
                text.replaceFirst("(?m)^      port: 5701$", "      port: " + port));
    }
}
