package dev.carillon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A whole node that cannot start: it ends, with one line, instead of lingering. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class NodeStartIT {
    private static Run node(String... assignments) {
        String[] args = new String[assignments.length * 2 + 3];
        args[0] = "node";
        args[1] = "--set";
        args[2] = "auth.secret=a-secret-that-is-long-enough-for-hs256";
        for (int i = 0; i < assignments.length; i++) {
            args[i * 2 + 3] = "--set";
            args[i * 2 + 4] = assignments[i];
        }
        return Run.of(args);
    }

    @Test
    void aTakenHttpPortEndsTheStart() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Run run = node("http.host=127.0.0.1", "http.port=" + taken.getLocalPort(), "cluster.port=0");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err())
                    .startsWith("carillon: http.port " + taken.getLocalPort() + " is taken: ")
                    .hasLineCount(1);
        }
    }

    @Test
    void aTakenClusterPortEndsTheStart() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Run run = node("http.port=0", "cluster.port=" + taken.getLocalPort());

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).startsWith("carillon: cluster.port " + taken.getLocalPort() + " is taken: ");
        }
    }

    @Test
    void aTakenBusPortEndsTheStart() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Run run = node("http.port=0", "cluster.port=0", "bus.port=" + taken.getLocalPort());

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).startsWith("carillon: bus.port " + taken.getLocalPort() + " is taken: ");
        }
    }

    @Test
    void anUnreadableKeyEndsTheStartAndNamesTheSetting() {
        Run run = node("http.port=0", "cluster.port=0", "auth.keys=pom.xml");

        assertThat(run.exitCode()).isNotZero();
        assertThat(run.err())
                .startsWith("carillon: auth.keys")
                .contains("pom.xml")
                .hasLineCount(1);
    }
}
