package dev.carillon.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.FreePorts;
import dev.carillon.testing.NodeProcess;
import dev.carillon.testing.TestNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees when a node cannot start: one line that names the setting and its cure, and an exit code. */
class StartFailureIT {
    private static final int FAILED = 1;
    private static final int BAD_SETTING = 2;

    @Test
    void withoutKeysAndWithoutDevelopmentModeItRefusesToStartAndNamesWhatIsMissing() {
        assertThat(failure(BAD_SETTING, "node"))
                .contains("auth.secret or auth.keys must be set")
                .contains("CARILLON_AUTH_SECRET")
                .contains("--dev");
    }

    @Test
    void aBadDurationNamesItsKeyAndTheForm() {
        assertThat(failure(BAD_SETTING, node("heartbeat.interval=soon")))
                .contains("heartbeat.interval")
                .contains("soon")
                .contains("30s");
    }

    @Test
    void anUnknownKeyNamesTheOneThatWasMeant() {
        assertThat(failure(BAD_SETTING, node("http.prot=8081")))
                .contains("http.prot is no setting")
                .contains("did you mean http.port?");
    }

    @Test
    void anUnknownOptionPointsToTheHelp() {
        assertThat(failure(BAD_SETTING, "node", "--prot", "8081"))
                .contains("--prot")
                .contains("--help");
    }

    @Test
    void aTakenHttpPortIsNamedWithItsCure() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            assertThat(failure(FAILED, node("http.port=" + port)))
                    .contains("http.port " + port + " is taken")
                    .contains("--set http.port=");
        }
    }

    @Test
    void aTakenClusterPortIsNamedWithItsCure() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            assertThat(failure(FAILED, node("cluster.port=" + port)))
                    .contains("cluster.port " + port + " is taken")
                    .contains("--set cluster.port=");
        }
    }

    @Test
    void aTakenBusPortIsNamedWithItsCure() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            assertThat(failure(FAILED, node("bus.port=" + port)))
                    .contains("bus.port " + port + " is taken")
                    .contains("--set bus.port=");
        }
    }

    @Test
    void aMemberPortThatServesOthersTooIsRefused(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("hazelcast.yaml"), """
                hazelcast:
                  network:
                    rest-api:
                      enabled: true
                      endpoint-groups:
                        HEALTH_CHECK:
                          enabled: true
                """);

        assertThat(failure(BAD_SETTING, node("cluster.file=" + file)))
                .contains("cluster.file")
                .contains("rest-api")
                .contains("advanced-network");
    }

    @Test
    void aMemberThatDoesNotAnswerIsAWarningAndTheNodeGoesOn() {
        String absent = "127.0.0.1:" + FreePorts.pick(1).get(0);
        try (NodeProcess node = NodeProcess.launch(List.of(node("cluster.members=" + absent)))) {
            node.awaitReady();
            String line = node.awaitLine(said -> said.contains(absent + " does not answer"), "that a member is absent");

            assertThat(line).contains(" WARN ").contains("cluster.members").contains("start it");
            assertThat(node.stop()).isZero();
            assertThat(node.complaintsSince("")).containsExactly(line);
        }
    }

    private static String[] node(String... settings) {
        List<String> arguments = new ArrayList<>(List.of("node", "--dev"));
        Stream.concat(
                        Stream.of(
                                "http.port=0",
                                "cluster.port=0",
                                "cluster.name=start-" + ProcessHandle.current().pid(),
                                "auth.secret=" + TestNode.SECRET,
                                "api.keys=" + TestNode.API_KEY),
                        Stream.of(settings))
                .forEach(setting -> arguments.addAll(List.of("--set", setting)));
        return arguments.toArray(String[]::new);
    }

    /** The one line that a process says when it ends with a code. */
    private static String failure(int exitCode, String... arguments) {
        try (NodeProcess process = NodeProcess.launch(List.of(arguments))) {
            assertThat(process.awaitExit()).as(process.toString()).isEqualTo(exitCode);
            assertThat(process.err()).as(process.toString()).hasSize(1);
            assertThat(process.complaintsSince("")).as(process.toString()).isEmpty();
            String line = process.err().get(0);
            assertThat(line).startsWith("carillon: ");
            return line;
        }
    }
}
