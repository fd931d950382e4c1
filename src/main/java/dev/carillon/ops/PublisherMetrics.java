package dev.carillon.ops;

import dev.carillon.channel.PublisherListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Meters of the publishers of all event loops of a node. Safe on any thread. */
final class PublisherMetrics implements PublisherListener {
    private final LongAdder waitingDrafts = new LongAdder();
    private final LongAdder waitingBytes = new LongAdder();
    private final Counter repeats;
    private final Timer appends;
    private final DistributionSummary batches;
    private final Map<Refusal, Counter> refused = new EnumMap<>(Refusal.class);

    PublisherMetrics(MeterRegistry registry) {
        Gauge drafts = Gauge.builder("carillon.publisher.waiting", waitingDrafts, LongAdder::doubleValue)
                .description("Publications that wait for their offset")
                .register(registry);
        Gauge bytes = Gauge.builder("carillon.publisher.waiting.data", waitingBytes, LongAdder::doubleValue)
                .baseUnit("bytes")
                .description("Data of publications that wait for their offset")
                .register(registry);
        repeats = Counter.builder("carillon.appends.repeated")
                .description("Appends made again because their outcome was unknown")
                .register(registry);
        appends = Timer.builder("carillon.appends")
                .description("Appends to owners, repeats included")
                .register(registry);
        batches = DistributionSummary.builder("carillon.append.publications")
                .description("Publications that went together in one append")
                .register(registry);
        for (Refusal reason : Refusal.values()) {
            refused.put(
                    reason,
                    Counter.builder("carillon.publications.refused")
                            .description("Publications that were refused or given up")
                            .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    @Override
    public void waiting(long drafts, long bytes) {
        waitingDrafts.add(drafts);
        waitingBytes.add(bytes);
    }

    @Override
    public void appendRepeated() {
        repeats.increment();
    }

    @Override
    public void appended(int drafts, long millis) {
        appends.record(millis, TimeUnit.MILLISECONDS);
        batches.record(drafts);
    }

    @Override
    public void refused(Refusal reason, int drafts) {
        Objects.requireNonNull(refused.get(reason)).increment(drafts);
    }
}
