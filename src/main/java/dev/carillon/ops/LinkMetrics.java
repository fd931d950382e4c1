package dev.carillon.ops;

import dev.carillon.channel.LinkListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.LongAdder;

/** Meters of the links between nodes. Safe on any thread. */
final class LinkMetrics implements LinkListener {
    private final LongAdder queued = new LongAdder();
    private final Counter dropped;
    private final Counter holes;
    private final Counter renewals;

    LinkMetrics(MeterRegistry registry) {
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
    public void addressRenewed() {
        renewals.increment();
    }
}
