package dev.carillon.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a node's meters show, for samples. They are looked up once; one that is missing is a fault of the program. Safe on
 * any thread.
 */
final class MeterReadings {
    private static final String OUTCOME = "outcome";

    private final List<Counter> opened;
    private final List<Counter> logins;
    private final List<Counter> returns;
    private final List<Counter> recoveries;
    private final List<Counter> losses;
    private final List<Counter> closes;
    private final List<Counter> received;
    private final List<Counter> published;
    private final List<Counter> delivered;
    private final List<Counter> refused;
    private final List<Counter> slowCloses;
    private final List<Counter> slowDrops;
    private final Timer latency;
    private final Gauge waiting;
    private final Gauge backlogBytes;
    private final Gauge backlogSockets;
    private final Gauge linkBytes;

    MeterReadings(MeterRegistry registry) {
        opened = counters(registry, "carillon.connections.opened");
        logins = counters(registry, "carillon.sessions.authenticated");
        returns = counters(registry, "carillon.sessions.returned");
        recoveries = counters(registry, "carillon.recoveries");
        losses = recoveries.stream()
                .filter(counter -> "incomplete".equals(counter.getId().getTag(OUTCOME)))
                .toList();
        closes = counters(registry, "carillon.connections.closed");
        received = counters(registry, "carillon.frames.received");
        published = counters(registry, "carillon.publications");
        delivered = counters(registry, "carillon.deliveries");
        refused = counters(registry, "carillon.refusals");
        slowCloses = counters(registry, "carillon.slow.closes");
        slowDrops = counters(registry, "carillon.slow.dropped");
        latency = registry.get("carillon.publish.to.write").timer();
        waiting = gauge(registry, "carillon.publisher.waiting");
        backlogBytes = gauge(registry, "carillon.backlog");
        backlogSockets = gauge(registry, "carillon.backlog.sockets");
        linkBytes = gauge(registry, "carillon.link.queued");
    }

    /** Sums since the start, and what stands now. */
    record Reading(
            double opened,
            double logins,
            double returns,
            double recoveries,
            double losses,
            Map<String, Double> closes,
            double received,
            double published,
            double delivered,
            double refused,
            double slowCloses,
            double slowDrops,
            long waiting,
            long backlogBytes,
            long backlogSockets,
            long linkBytes,
            Latencies latencies) {}

    Reading read() {
        Map<String, Double> byCode = new HashMap<>();
        closes.forEach(
                counter -> byCode.merge(String.valueOf(counter.getId().getTag("code")), counter.count(), Double::sum));
        return new Reading(
                sum(opened),
                sum(logins),
                sum(returns),
                sum(recoveries),
                sum(losses),
                byCode,
                sum(received),
                sum(published),
                sum(delivered),
                sum(refused),
                sum(slowCloses),
                sum(slowDrops),
                (long) waiting.value(),
                (long) backlogBytes.value(),
                (long) backlogSockets.value(),
                (long) linkBytes.value(),
                Latencies.of(latency.takeSnapshot()));
    }

    private static double sum(List<Counter> counters) {
        return counters.stream().mapToDouble(Counter::count).sum();
    }

    private static List<Counter> counters(MeterRegistry registry, String name) {
        Collection<Counter> found = registry.get(name).counters();
        return List.copyOf(found);
    }

    private static Gauge gauge(MeterRegistry registry, String name) {
        return Objects.requireNonNull(registry.get(name).gauge());
    }
}
