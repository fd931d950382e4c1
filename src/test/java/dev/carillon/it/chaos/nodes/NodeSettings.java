package dev.carillon.it.chaos.nodes;

import dev.carillon.testing.TestNode;
import java.util.ArrayList;
import java.util.List;

/** What nodes under chaos are started with, wherever they run. */
public final class NodeSettings {
    /** The namespace of the channels under test. */
    public static final String NAMESPACE = "chaos";

    /**
     * As {@code scripts/jvm-flags} has it, with a heap that many connections fit into. What Carillon cannot do without
     * comes with the jar.
     */
    public static final List<String> JVM = List.of(
            "-Xmx512m",
            "-XX:+UseG1GC",
            "-XX:G1PeriodicGCInterval=15000",
            "-XX:G1PeriodicGCSystemLoadThreshold=" + Runtime.getRuntime().availableProcessors(),
            "-XX:MinHeapFreeRatio=10",
            "-XX:MaxHeapFreeRatio=20",
            "-XX:TargetSurvivorRatio=4",
            "-XX:G1RSetUpdatingPauseTimePercent=2",
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.util.concurrent.ForkJoinPool.common.parallelism=2",
            "-Dhazelcast.phone.home.enabled=false");

    private NodeSettings() {}

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
