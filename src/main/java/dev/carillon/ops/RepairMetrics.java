package dev.carillon.ops;

import dev.carillon.channel.Drift;
import dev.carillon.channel.HubListener;
import dev.carillon.channel.Reasserted;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongConsumer;

/** Meters of what hubs put in order, compare and repair. Safe on any thread. */
final class RepairMetrics implements HubListener {
    private final LongConsumer deliveries;
    private final DistributionSummary held;
    private final Counter filled;
    private final Counter lost;
    private final Map<Drift.Kind, Counter> drifts = new EnumMap<>(Drift.Kind.class);
    private final Counter complete;
    private final Counter incomplete;

    /** @param deliveries is told how many frames were written to sockets */
    RepairMetrics(MeterRegistry registry, LongConsumer deliveries) {
        this.deliveries = deliveries;
        held = DistributionSummary.builder("carillon.publications.held")
                .description("Publications held back on a channel when one more came ahead of its turn")
                .register(registry);
        filled = Counter.builder("carillon.holes.filled")
                .description("Times that publications which did not come were read from their owner")
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
    public void delivered(long frames) {
        deliveries.accept(frames);
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
