package dev.carillon.ops;

import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.session.SessionListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Meters of the sessions of a node. All are made at the start, with labels from fixed sets: what a client sends can
 * make none. Safe on any thread.
 */
public final class PrometheusMetrics implements SessionListener {
    private static final String OTHER = "other";
    private static final String APPLICATION = "application";

    private final Map<String, Transport> transports;
    private final Map<Integer, Counter> refused;
    private final Counter refusedByApplication;
    private final Map<String, Counter> published;
    private final Counter received;
    private final Counter recovered;
    private final Counter notRecovered;

    private final MeterRegistry registry;

    /** @param namespaces that have settings */
    PrometheusMetrics(MeterRegistry registry, Collection<String> namespaces) {
        this.registry = registry;
        transports = byName(Stream.of("websocket", "http", "bare", "sockjs", "sse", OTHER), this::transport);
        refused = new HashMap<>();
        for (ErrorCode code : ErrorCode.values()) {
            refused.put(code.code(), refusals(Integer.toString(code.code())));
        }
        refusedByApplication = refusals(APPLICATION);
        published = byNamespace(
                namespaces,
                namespace -> Counter.builder("carillon.publications")
                        .description("Publications accepted by this node")
                        .tag("namespace", namespace)
                        .register(registry));
        received = Counter.builder("carillon.frames.received")
                .description("Frames taken from clients")
                .register(registry);
        recovered = recoveries("complete");
        notRecovered = recoveries("incomplete");
    }

    /** What is counted for one kind of socket. */
    private record Transport(
            LongAdder open,
            Counter opened,
            Counter authenticated,
            Counter returned,
            Map<Integer, Counter> closed,
            Counter closedOther) {}

    @Override
    public void opened(String transport) {
        Transport meters = of(transports, transport);
        meters.opened.increment();
        meters.open.increment();
    }

    @Override
    public void authenticated(String transport, boolean returned) {
        Transport meters = of(transports, transport);
        meters.authenticated.increment();
        if (returned) {
            meters.returned.increment();
        }
    }

    @Override
    public void closed(String transport, int code) {
        Transport meters = of(transports, transport);
        meters.open.decrement();
        meters.closed.getOrDefault(code, meters.closedOther).increment();
    }

    @Override
    public void refused(int errorCode) {
        refused.getOrDefault(errorCode, refusedByApplication).increment();
    }

    @Override
    public void published(String namespace) {
        of(published, namespace).increment();
    }

    @Override
    public void received() {
        received.increment();
    }

    @Override
    public void recovered(boolean complete) {
        (complete ? recovered : notRecovered).increment();
    }

    private Transport transport(String name) {
        LongAdder open = new LongAdder();
        Gauge unused = Gauge.builder("carillon.connections", open, LongAdder::doubleValue)
                .description("Open client sockets")
                .tag("transport", name)
                .register(registry);
        Map<Integer, Counter> closed = new HashMap<>();
        Stream.concat(Arrays.stream(CloseCode.values()).map(CloseCode::code), Stream.of(1005, 1006, 1012))
                .forEach(code -> closed.put(code, closes(name, Integer.toString(code))));
        return new Transport(
                open,
                Counter.builder("carillon.connections.opened")
                        .description("Client sockets opened")
                        .tag("transport", name)
                        .register(registry),
                Counter.builder("carillon.sessions.authenticated")
                        .description("Sessions whose first token was believed")
                        .tag("transport", name)
                        .register(registry),
                Counter.builder("carillon.sessions.returned")
                        .description("Sessions that came with positions of an earlier one: reconnects")
                        .tag("transport", name)
                        .register(registry),
                closed,
                closes(name, OTHER));
    }

    private Counter closes(String transport, String code) {
        return Counter.builder("carillon.connections.closed")
                .description("Client sockets closed, by close code")
                .tag("transport", transport)
                .tag("code", code)
                .register(registry);
    }

    private Counter refusals(String code) {
        return Counter.builder("carillon.refusals")
                .description("Commands answered with an error, by error code")
                .tag("code", code)
                .register(registry);
    }

    private Counter recoveries(String outcome) {
        return Counter.builder("carillon.recoveries")
                .description("Subscribers that asked for what they missed")
                .tag("outcome", outcome)
                .register(registry);
    }

    /** One for each namespace, and one for all others. */
    static <T> Map<String, T> byNamespace(Collection<String> namespaces, Function<String, T> make) {
        return byName(Stream.concat(namespaces.stream(), Stream.of(OTHER)).distinct(), make);
    }

    private static <T> Map<String, T> byName(Stream<String> names, Function<String, T> make) {
        Map<String, T> made = new HashMap<>();
        names.forEach(name -> made.put(name, make.apply(name)));
        return made;
    }

    /** That of a name, or of all others. */
    static <T> T of(Map<String, T> meters, String name) {
        T known = meters.get(name);
        return known != null ? known : Objects.requireNonNull(meters.get(OTHER));
    }
}
