package dev.carillon.it.chaos.nodes;

import dev.carillon.testing.NodeProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Nodes as processes of this machine, at addresses that stay theirs while they are away. */
public final class ProcessNodes implements NodeSet {
    private final String name = "chaos-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    private final Ground ground;
    private final List<String> settings;
    private final Path logs;
    private final List<Path> shadow;
    private final AtomicReferenceArray<@Nullable NodeProcess> processes;
    private final Http http = new Http();

    /** On this machine's loopback interface, as {@link #ProcessNodes(Ground, List, Path, List)} otherwise. */
    public ProcessNodes(int size, List<String> settings, Path logs, List<Path> shadow) {
        this(new Loopback(size), settings, logs, shadow);
    }

    /**
     * Nothing runs yet.
     *
     * @param ground where the nodes stand; closed with them
     * @param settings {@code key=value}, on top of {@link NodeSettings#common}
     * @param logs directory for one log per place
     * @param shadow directories whose classes take the place of the nodes' own
     */
    public ProcessNodes(Ground ground, List<String> settings, Path logs, List<Path> shadow) {
        this.ground = ground;
        this.settings = settings;
        this.logs = logs;
        this.shadow = shadow;
        processes = new AtomicReferenceArray<>(ground.size());
        try {
            Files.createDirectories(logs);
            for (int place = 0; place < size(); place++) {
                Files.deleteIfExists(log(place));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int size() {
        return ground.size();
    }

    @Override
    public Address address(int place) {
        return ground.site(place).clients();
    }

    @Override
    public boolean isUp(int place) {
        NodeProcess process = processes.get(place);
        return process != null && process.isAlive();
    }

    @Override
    public String id(int place) {
        return process(place).id();
    }

    @Override
    public long pid(int place) {
        return process(place).pid();
    }

    private NodeProcess process(int place) {
        NodeProcess process = processes.get(place);
        if (process == null) {
            throw new IllegalStateException("no node was started at place " + place);
        }
        return process;
    }

    @Override
    public void launch(int place) {
        if (isUp(place)) {
            throw new IllegalStateException("a node runs at place " + place);
        }
        List<String> arguments = new ArrayList<>(List.of("node", "--dev"));
        List<String> all = new ArrayList<>(NodeSettings.common());
        Ground.Site site = ground.site(place);
        all.addAll(List.of(
                "http.host=" + site.clients().host(),
                "http.port=" + site.clients().port(),
                "http.public-url=http://" + site.clients(),
                "bus.host=" + site.members().host(),
                "bus.port=0",
                "cluster.name=" + name,
                "cluster.host=" + site.members().host(),
                "cluster.port=" + site.members().port(),
                "cluster.members=" + members()));
        all.addAll(settings);
        all.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        // Clients stand for other people's machines: what they are slow to read is not to be held against the nodes.
        List<String> prefix = new ArrayList<>(List.of("nice", "-n", "5"));
        prefix.addAll(site.prefix());
        processes.set(
                place,
                NodeProcess.launch(new NodeProcess.Launch(prefix, NodeSettings.JVM, shadow, log(place)), arguments));
    }

    private String members() {
        return IntStream.range(0, size())
                .mapToObj(place -> ground.site(place).members().toString())
                .collect(Collectors.joining(","));
    }

    @Override
    public void awaitReady(int place) {
        process(place).awaitReady();
    }

    @Override
    public void awaitSafe(int place) {
        process(place).awaitSafe();
    }

    @Override
    public void kill(int place) {
        process(place).kill();
    }

    @Override
    public int terminate(int place) {
        return process(place).stop();
    }

    @Override
    public void pause(int place) {
        process(place).pause();
    }

    @Override
    public void resume(int place) {
        process(place).resume();
    }

    @Override
    public JsonObject api(int place, String path, JsonObject body) {
        return http.api(address(place), path, body);
    }

    @Override
    public Answer get(int place, String path) {
        return http.get(address(place), path);
    }

    @Override
    public Path log(int place) {
        return logs.resolve("node-" + place + ".log");
    }

    @Override
    public Optional<Network> network() {
        return ground.network();
    }

    @Override
    public void close() {
        for (int place = 0; place < size(); place++) {
            NodeProcess process = processes.get(place);
            if (process != null) {
                process.close();
            }
        }
        ground.close();
    }
}
