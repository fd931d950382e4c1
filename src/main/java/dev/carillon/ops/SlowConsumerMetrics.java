package dev.carillon.ops;

import dev.carillon.config.NamespaceSettings;
import dev.carillon.session.SlowConsumerListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Meters of clients that read too slowly, by namespace and its policy. All are made at the start: what a client sends can
 * make none. Safe on any thread.
 */
final class SlowConsumerMetrics implements SlowConsumerListener {
    /** What was meant for one client alone, such as answers to its commands. */
    private static final String ALONE = "none";

    private final Map<String, Namespace> namespaces = new HashMap<>();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder sockets = new LongAdder();

    private record Namespace(Counter closed, Counter gaps, Counter dropped) {}

    SlowConsumerMetrics(MeterRegistry registry, Map<String, NamespaceSettings> settings) {
        settings.forEach((name, rules) -> {
            String policy = rules.slowConsumer().name().toLowerCase(Locale.ROOT).replace('_', '-');
            namespaces.put(name, meters(registry, name, policy));
        });
        namespaces.put(ALONE, meters(registry, ALONE, "close"));
        Gauge unused = Gauge.builder("carillon.backlog", bytes, LongAdder::doubleValue)
                .description("Bytes that wait for sockets that take nothing at the moment")
                .baseUnit("bytes")
                .register(registry);
        Gauge alsoUnused = Gauge.builder("carillon.backlog.sockets", sockets, LongAdder::doubleValue)
                .description("Sockets for which something waits")
                .register(registry);
    }

    @Override
    public void closed(String namespace) {
        of(namespace).closed.increment();
    }

    @Override
    public void gap(String namespace) {
        of(namespace).gaps.increment();
    }

    @Override
    public void dropped(String namespace) {
        of(namespace).dropped.increment();
    }

    @Override
    public void waiting(long bytes, int sockets) {
        this.bytes.add(bytes);
        this.sockets.add(sockets);
    }

    private Namespace of(String namespace) {
        Namespace known = namespaces.get(namespace);
        return known != null ? known : Objects.requireNonNull(namespaces.get(ALONE));
    }

    private static Namespace meters(MeterRegistry registry, String namespace, String policy) {
        return new Namespace(
                counter(registry, "carillon.slow.closes", "Connections ended with 4004", namespace, policy),
                counter(registry, "carillon.slow.gaps", "Gaps that clients were told of", namespace, policy),
                counter(registry, "carillon.slow.dropped", "Publications dropped for a client", namespace, policy));
    }

    private static Counter counter(
            MeterRegistry registry, String name, String description, String namespace, String policy) {
        return Counter.builder(name)
                .description(description)
                .tag("namespace", namespace)
                .tag("policy", policy)
                .register(registry);
    }
}
