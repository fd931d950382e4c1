package dev.carillon.ops;

import dev.carillon.channel.Drift;
import dev.carillon.channel.HubListener;
import dev.carillon.channel.Reasserted;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** Meters of what hubs write, put in order, compare and repair. Safe on any thread. */
final class HubMetrics implements HubListener {
    /** Bounds of what a publication takes to its sockets, in milliseconds. */
    private static final long[] LATENCY_MILLIS = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000};

    private final LongConsumer deliveries;
    private final InstantSource clock;
    private final Map<String, Counter> delivered;
    private final Timer latency;
    private final AtomicLong sampledMillis = new AtomicLong();
    private final DistributionSummary held;
    private final Counter filled;
    private final Counter lost;
    private final Map<Drift.Kind, Counter> drifts = new EnumMap<>(Drift.Kind.class);
    private final Counter complete;
    private final Counter incomplete;

    /**
     * @param namespaces that have settings; frames of others are counted together
     * @param deliveries is told how many frames were written to sockets
     * @param clock milliseconds since 1970, as those of publications
     */
    HubMetrics(MeterRegistry registry, Collection<String> namespaces, LongConsumer deliveries, InstantSource clock) {
        this.deliveries = deliveries;
        this.clock = clock;
        delivered = PrometheusMetrics.byNamespace(
                namespaces,
                namespace -> Counter.builder("carillon.deliveries")
                        .baseUnit("frames")
                        .description("Frames of publications and presence written to sockets")
                        .tag("namespace", namespace)
                        .register(registry));
        latency = Timer.builder("carillon.publish.to.write")
                .description(
                        "Time from a publication's coming to any node to its being written to the sockets of this one")
                .serviceLevelObjectives(Arrays.stream(LATENCY_MILLIS)
                        .mapToObj(Duration::ofMillis)
                        .toArray(Duration[]::new))
                .register(registry);
        held = DistributionSummary.builder("carillon.publications.held")
                .description("Publications held back on a channel when one more came ahead of its turn")
                .register(registry);
        filled = Counter.builder("carillon.holes.filled")
                .description("Times that publications, joins or leaves which did not come were read from their owner")
                .register(registry);
        lost = Counter.builder("carillon.positions.lost")
                .baseUnit("subscriptions")
                .description("Subscriptions ended with 4006 because their stream could not be continued")
                .register(registry);
        for (Drift.Kind kind : Drift.Kind.values()) {
            drifts.put(
                    kind,
                    Counter.builder("carillon.drifts")
                            .description("Channels that stood differently at their owner and were repaired")
                            .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        complete = reassertions(registry, "complete");
        incomplete = reassertions(registry, "incomplete");
    }

    private static Counter reassertions(MeterRegistry registry, String outcome) {
        return Counter.builder("carillon.reassertions")
                .description("Times that all channels of this node were compared with their owners")
                .tag("outcome", outcome)
                .register(registry);
    }

    @Override
    public void delivered(String namespace, long frames) {
        PrometheusMetrics.of(delivered, namespace).increment(frames);
        deliveries.accept(frames);
    }

    // One turn in a millisecond is enough to know them all by.
    @Override
    public void written(long publishedAtMillis) {
        long now = clock.millis();
        if (sampledMillis.getPlain() != now) {
            sampledMillis.setPlain(now);
            latency.record(Math.max(0, now - publishedAtMillis), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void heldBack(int depth) {
        held.record(depth);
    }

    @Override
    public void holeFilled() {
        filled.increment();
    }

    @Override
    public void positionLost(int subscriptions) {
        lost.increment(subscriptions);
    }

    @Override
    public void drifted(Drift.Kind kind) {
        Counter counter = drifts.get(kind);
        if (counter != null) {
            counter.increment();
        }
    }

    @Override
    public void reasserted(Reasserted outcome) {
        (outcome.unanswered() == 0 ? complete : incomplete).increment();
    }
}
