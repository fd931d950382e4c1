package dev.carillon.it.chaos.nodes;

import dev.carillon.testing.TestNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** What nodes under chaos are started with, wherever they run. */
public final class NodeSettings {
    /** The namespace of the channels under test. */
    public static final String NAMESPACE = "chaos";

    /** As {@code scripts/jvm-flags} has it, with a heap that many connections fit into. */
    public static final List<String> JVM = flags();

    private NodeSettings() {}

    private static List<String> flags() {
        ProcessBuilder script =
                new ProcessBuilder("bash", "-c", ". scripts/jvm-flags && printf '%s\\n' \"${JVM_FLAGS[@]}\"");
        script.redirectError(ProcessBuilder.Redirect.INHERIT);
        script.environment().put("JAVA_HOME", System.getProperty("java.home"));
        script.environment().keySet().removeAll(List.of("JAVA", "CARILLON_JAVA_OPTS"));
        List<String> flags = new ArrayList<>(List.of("-Xmx512m"));
        try (BufferedReader lines = script.start().inputReader()) {
            lines.lines().forEach(flags::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!flags.contains("-XX:+UseG1GC")) {
            throw new IllegalStateException("scripts/jvm-flags says " + flags);
        }
        return List.copyOf(flags);
    }

    /** {@code key=value}, without ports, addresses and members. */
    public static List<String> common() {
        List<String> settings = new ArrayList<>(List.of(
                "auth.secret=" + TestNode.SECRET,
                "api.keys=" + TestNode.API_KEY,
                // A node away for half a minute misses a thousand publications of a channel.
                "limits.recovery-messages=4000",
                "presence.grace=5s"));
        List.of("subscribe=any", "publish=any", "history-size=6000", "history-ttl=10m", "key-ttl=10m")
                .forEach(rule -> settings.add("namespaces." + NAMESPACE + "." + rule));
        return settings;
    }
}
