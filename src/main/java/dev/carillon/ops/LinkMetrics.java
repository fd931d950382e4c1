package dev.carillon.ops;

import dev.carillon.channel.LinkListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Meters of the links between nodes. Those of one other node are made when it is first heard, and taken away when it is
 * gone. Safe on any thread.
 */
final class LinkMetrics implements LinkListener {
    /** Bounds of a round trip, in microseconds. */
    private static final long[] ROUND_MICROS = {
        250, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 5_000_000
    };

    private final MeterRegistry registry;
    private final Map<String, Timer> rounds = new ConcurrentHashMap<>();
    private final LongAdder queued = new LongAdder();
    private final Counter dropped;
    private final Counter holes;
    private final Counter renewals;

    LinkMetrics(MeterRegistry registry) {
        this.registry = registry;
        Gauge unused = Gauge.builder("carillon.link.queued", queued, LongAdder::doubleValue)
                .baseUnit("bytes")
                .description("Bytes that wait for other nodes or are not acknowledged by them")
                .register(registry);
        dropped = Counter.builder("carillon.link.dropped")
                .baseUnit("events")
                .description("Events dropped because the link to a node was full")
                .register(registry);
        holes = Counter.builder("carillon.link.holes")
                .description("Times that something another node sent did not come, or might not have")
                .register(registry);
        renewals = Counter.builder("carillon.link.renewals")
                .description("Times that this node registered its address anew because a member was silent")
                .register(registry);
    }

    @Override
    public void queued(long bytes) {
        queued.add(bytes);
    }

    @Override
    public void dropped(int events) {
        dropped.increment(events);
    }

    @Override
    public void holeSeen() {
        holes.increment();
    }

    @Override
    public void wentRound(String node, long micros) {
        rounds.computeIfAbsent(node, this::round).record(micros, TimeUnit.MICROSECONDS);
    }

    @Override
    public void forgotten(String node) {
        Timer gone = rounds.remove(node);
        if (gone != null) {
            registry.remove(gone);
        }
    }

    private Timer round(String node) {
        return Timer.builder("carillon.link.round.trip")
                .description("Time to another node and back, over the way that publications take")
                .tag("node", node)
                .serviceLevelObjectives(Arrays.stream(ROUND_MICROS)
                        .mapToObj(micros -> Duration.of(micros, ChronoUnit.MICROS))
                        .toArray(Duration[]::new))
                .register(registry);
    }

    @Override
    public void addressRenewed() {
        renewals.increment();
    }
}
