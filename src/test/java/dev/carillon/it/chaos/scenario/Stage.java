package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.client.Load;
import dev.carillon.it.chaos.nodes.NodeSet;
import io.vertx.core.json.JsonObject;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Where a scenario plays: the nodes, the clients, the time, and a journal of what was done when. For one thread. */
public final class Stage {
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final NodeSet nodes;
    private final Load load;
    private final Size size;
    private final Random random;
    private final RunClock clock;
    private final Consumer<String> out;
    private final boolean[] paused;
    private final List<String> journal = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Map<String, Long> figures = new LinkedHashMap<>();
    private long beganAt;

    Stage(NodeSet nodes, Load load, Size size, Random random, RunClock clock, Consumer<String> out) {
        this.nodes = nodes;
        this.load = load;
        this.size = size;
        this.random = random;
        this.clock = clock;
        this.out = out;
        paused = new boolean[nodes.size()];
    }

    void begin() {
        beganAt = clock.nanos();
    }

    public NodeSet nodes() {
        return nodes;
    }

    public Load load() {
        return load;
    }

    public Size size() {
        return size;
    }

    /** Seeded: the same draws in each run of a seed. */
    public Random random() {
        return random;
    }

    /** Nanoseconds since the run began, as the histories have it. */
    public long now() {
        return clock.nanos();
    }

    /** When the scenario began, in the same. */
    public long beganAt() {
        return beganAt;
    }

    /** Waits until a share of the time under load is over; at once if it is. */
    public void awaitShare(double share) {
        sleepUntil(beganAt + (long) (size.load().toNanos() * share));
    }

    public void sleep(Duration time) {
        sleepUntil(now() + time.toNanos());
    }

    // The passing of time under load is what is wanted here, and no event tells of it.
    private void sleepUntil(long nanos) {
        for (long left = nanos - now(); left > 0; left = nanos - now()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Waits until something holds, within a bound; whether it did. */
    public boolean await(Duration bound, BooleanSupplier condition) {
        long deadline = now() + bound.toNanos();
        while (!condition.getAsBoolean()) {
            if (now() > deadline) {
                return false;
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
        return true;
    }

    public void kill(int place) {
        note("kill -9 of node " + place + ", with " + load.at(place) + " subscribers");
        nodes.kill(place);
    }

    /** SIGTERM, the end, and a new start; returns when the new one is ready. */
    public void restart(int place) {
        note("SIGTERM to node " + place + ", with " + load.at(place) + " subscribers");
        int code = nodes.terminate(place);
        note("node " + place + " ended with " + code + ", is started again");
        require(code == 0, "SIGTERM ends node " + place + " in order, with 0, was " + code);
        nodes.launch(place);
        nodes.awaitReady(place);
        note("node " + place + " is ready");
    }

    public void start(int place) {
        note("start of node " + place);
        nodes.launch(place);
        nodes.awaitReady(place);
        note("node " + place + " is ready");
    }

    public void pause(int place) {
        note("SIGSTOP to node " + place + ", with " + load.at(place) + " subscribers");
        paused[place] = true;
        nodes.pause(place);
    }

    public void resume(int place) {
        note("SIGCONT to node " + place);
        nodes.resume(place);
        paused[place] = false;
    }

    /** SIGKILL to a frozen node. */
    public void killPaused(int place) {
        kill(place);
        paused[place] = false;
    }

    /** Undoes what is still hurt, and waits until all nodes are ready. */
    public void heal() {
        nodes.network().ifPresent(network -> network.heal());
        for (int place = 0; place < nodes.size(); place++) {
            if (paused[place]) {
                resume(place);
            }
            if (!nodes.isUp(place)) {
                note("start of node " + place);
                nodes.launch(place);
            }
        }
        for (int place = 0; place < nodes.size(); place++) {
            nodes.awaitReady(place);
        }
    }

    /** The place of the node that owns a channel now. */
    public int ownerOf(String channel) {
        JsonObject asked = new JsonObject().put("prefix", channel).put("limit", 1);
        String[] found = new String[1];
        await(Bounds.ofSeconds(10), () -> {
            try {
                found[0] = nodes.api(anyUp(), "channels", asked)
                        .getJsonArray("channels")
                        .getJsonObject(0)
                        .getString("owner");
                return true;
            } catch (UncheckedIOException notNow) {
                return false;
            }
        });
        String owner = found[0];
        for (int place = 0; place < nodes.size(); place++) {
            if (nodes.isUp(place) && nodes.id(place).equals(owner)) {
                return place;
            }
        }
        throw new IllegalStateException(channel + " is owned by " + owner + ", which is at no place");
    }

    /** The first place that has a node which answers. */
    public int anyUp() {
        for (int place = 0; place < nodes.size(); place++) {
            if (nodes.isUp(place) && !paused[place]) {
                return place;
            }
        }
        throw new IllegalStateException("no node is up");
    }

    /** Writes down what is done, with the time. */
    public void note(String what) {
        String line = String.format(Locale.ROOT, "%7.2f s  %s", now() / 1e9, what);
        journal.add(line);
        out.accept(line);
    }

    /** A bound of the scenario: the run fails if it does not hold. */
    public void require(boolean holds, String bound) {
        if (!holds) {
            failures.add(bound);
            note("OUT OF BOUNDS: " + bound);
        }
    }

    /** A figure for the report. */
    public void figure(String name, long value) {
        figures.put(name, value);
        note(name + " = " + value);
    }

    List<String> journal() {
        return journal;
    }

    List<String> failures() {
        return failures;
    }

    Map<String, Long> figures() {
        return figures;
    }
}
