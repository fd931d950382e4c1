package dev.carillon.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.FreePorts;
import dev.carillon.testing.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/rolling-restart} as an operator calls it, on nodes that {@code scripts/cluster} started. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class RollingRestartScriptIT {
    private static final int MANY_SECONDS = 300;

    @TempDir
    Path directory;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endWhatIsLeft() throws Exception {
        for (Process script : started) {
            script.toHandle().destroy();
            if (!script.waitFor(MANY_SECONDS, TimeUnit.SECONDS)) {
                script.destroyForcibly();
            }
        }
        for (int i = 1; Files.exists(file(i, "pid")); i++) {
            ProcessHandle.of(pid(i)).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void everyNodeComesBackWithTheSettingsItHadAndTheClusterScriptGoesOn() throws Exception {
        Process cluster = cluster(3, "--", "--set", "drain.per-second=77");
        awaitLine("cluster.out", "All 3 node(s) are up");
        List<Long> before = List.of(pid(1), pid(2), pid(3));

        Process restart = script("restart", "rolling-restart", "--pause", "1");

        assertThat(restart.waitFor(MANY_SECONDS, TimeUnit.SECONDS)).isTrue();
        String said = said("restart.out");
        assertThat(restart.exitValue()).as(said).isZero();
        for (int i = 1; i <= 3; i++) {
            assertThat(said)
                    .contains("Node " + i + ": stopping process " + before.get(i - 1))
                    .contains("Node " + i + ": ended in order after ")
                    .contains("Node " + i + ": started as process " + pid(i))
                    .contains("Node " + i + ": all 3 nodes see one another and are ready");
            assertThat(pid(i)).isNotEqualTo(before.get(i - 1));
            String command =
                    ProcessHandle.of(pid(i)).orElseThrow().info().commandLine().orElseThrow();
            assertThat(command).contains("drain.per-second=77");
            assertThat(file(i, "restart")).doesNotExist();
        }
        assertThat(said.lines().toList())
                .containsSubsequence("Pausing 1 s", "Pausing 1 s")
                .last()
                .asString()
                .startsWith("All 3 nodes were restarted in ");
        assertThat(cluster.isAlive()).as(said("cluster.out")).isTrue();

        List<Long> now = List.of(pid(1), pid(2), pid(3));
        cluster.toHandle().destroy();
        assertThat(cluster.waitFor(MANY_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(cluster.exitValue()).as(said("cluster.out")).isZero();
        assertThat(now).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
    }

    @Test
    void itStopsAtANodeThatDoesNotComeBackAndTheClusterScriptGivesUpThen() throws Exception {
        Process cluster = cluster(2);
        awaitLine("cluster.out", "All 2 node(s) are up");
        long second = pid(2);
        // Somebody broke what it was started with.
        String start = Files.readString(file(1, "start"));
        Files.writeString(file(1, "start"), start.replace("node --dev", "node --dev --set no.such.setting=1"));

        Process restart = script("restart", "rolling-restart");

        assertThat(restart.waitFor(MANY_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(restart.exitValue()).isEqualTo(1);
        assertThat(said("restart.out"))
                .contains("rolling-restart: node 1 ended while it started")
                .contains("carillon: no is no setting")
                .doesNotContain("Node 2");
        assertThat(cluster.waitFor(MANY_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(cluster.exitValue()).isEqualTo(1);
        assertThat(said("cluster.out")).contains("cluster: node 1 ended");
        assertThat(ProcessHandle.of(second)).isEmpty();
    }

    @Test
    void withoutAClusterAndWithWrongWordsItSaysWhatIsMissing() throws Exception {
        assertFails("no cluster of scripts/cluster runs");
        assertFails("--pause needs a number of seconds", "--pause", "long");
        assertFails("--fast is no option", "--fast");
        Process help = script("help", "rolling-restart", "--help");
        assertThat(help.waitFor()).isZero();
        assertThat(said("help.out")).startsWith("Usage: scripts/rolling-restart");
    }

    private void assertFails(String why, String... arguments) throws Exception {
        Process wrong = script("wrong", "rolling-restart", arguments);
        assertThat(wrong.waitFor()).isEqualTo(2);
        assertThat(said("wrong.out")).startsWith("rolling-restart: " + why).hasLineCount(1);
    }

    private Process cluster(int nodes, String... more) throws IOException {
        // Ports that count up, so that a free one must have free ones behind it.
        int http = basePort(nodes);
        int member = basePort(nodes);
        List<String> arguments = new ArrayList<>(List.of(
                String.valueOf(nodes),
                "--base-port",
                String.valueOf(http),
                "--base-cluster-port",
                String.valueOf(member)));
        arguments.addAll(List.of(more));
        return script("cluster", "cluster", arguments.toArray(String[]::new));
    }

    private static int basePort(int count) {
        while (true) {
            int base = FreePorts.pick(1).get(0);
            boolean free = base + count < 65_536;
            for (int port = base + 1; free && port < base + count; port++) {
                try (var socket = new java.net.ServerSocket(port, 1, java.net.InetAddress.getLoopbackAddress())) {
                    free = socket.isBound();
                } catch (IOException taken) {
                    free = false;
                }
            }
            if (free) {
                return base;
            }
        }
    }

    private Process script(String out, String name, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("scripts/" + name));
        List<String> all = new ArrayList<>(List.of(arguments));
        int end = all.contains("--") ? all.indexOf("--") : all.size();
        all.addAll(end, List.of("--run-dir", directory.toString()));
        command.addAll(all);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(out + ".out").toFile());
        builder.environment().keySet().removeIf(key -> key.startsWith("CARILLON_"));
        // Short lives on a busy machine: quick to start, few threads.
        builder.environment().put("CARILLON_JAVA_OPTS", "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private void awaitLine(String file, String line) {
        Until.holds(() -> said(file).contains(line), () -> said(file));
    }

    private String said(String file) {
        try {
            return Files.readString(directory.resolve(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Path file(int node, String kind) {
        return directory.resolve("node-" + node + "." + kind);
    }

    private long pid(int node) throws IOException {
        return Long.parseLong(Files.readString(file(node, "pid")).strip());
    }
}
