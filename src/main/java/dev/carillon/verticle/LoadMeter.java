package dev.carillon.verticle;

import com.sun.management.OperatingSystemMXBean;
import dev.carillon.cluster.NodeIdentity;
import dev.carillon.session.NodeInfo;
import dev.carillon.session.SessionListener;
import dev.carillon.session.SessionRegistry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** How busy this node is. Counting is safe on any thread; {@link #measure} is called by one. */
final class LoadMeter implements SessionListener {
    private final NodeIdentity self;
    private final SessionRegistry sessions;
    private volatile LongSupplier subscriptions = () -> 0;
    private final InstantSource clock;
    private final String url;
    private final SessionListener meters;
    private final LongAdder published = new LongAdder();
    private final LongAdder delivered = new LongAdder();
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final Instant startedAt;
    private volatile NodeInfo latest;
    private long cpuNanos = system.getProcessCpuTime();

    /**
     * @param url what clients reach this node at; empty if they are not told
     * @param meters is told everything as well
     */
    LoadMeter(NodeIdentity self, String url, SessionRegistry sessions, SessionListener meters, InstantSource clock) {
        this.self = self;
        this.url = url;
        this.sessions = sessions;
        this.meters = meters;
        this.clock = clock;
        startedAt = clock.instant();
        latest = info("", 0, 0, 0);
    }

    /** Where to ask for (connection, channel) pairs. */
    void countSubscriptions(LongSupplier count) {
        subscriptions = count;
    }

    /** How the node stands now; rates are those of the last interval. Safe on any thread. */
    NodeInfo now() {
        NodeInfo last = latest;
        return info(last.http(), last.publishesPerSecond(), last.deliveriesPerSecond(), last.cpu());
    }

    /** Measures what happened since the last time. */
    NodeInfo measure(String http) {
        Instant now = clock.instant();
        double seconds =
                Math.max(0.001, Duration.between(latest.reportedAt(), now).toNanos() / 1e9);
        long cpu = system.getProcessCpuTime();
        NodeInfo info = info(
                http,
                published.sumThenReset() / seconds,
                delivered.sumThenReset() / seconds,
                (cpu - cpuNanos) / 1e9 / seconds);
        cpuNanos = cpu;
        latest = info;
        return info;
    }

    private NodeInfo info(String http, double publishes, double deliveries, double cpu) {
        Runtime runtime = Runtime.getRuntime();
        return new NodeInfo(
                self.id(),
                self.version(),
                http,
                url,
                sessions.isDraining(),
                startedAt,
                sessions.connections(),
                subscriptions.getAsLong(),
                publishes,
                deliveries,
                cpu,
                runtime.totalMemory() - runtime.freeMemory(),
                clock.instant());
    }

    @Override
    public void published(String namespace) {
        published.increment();
        meters.published(namespace);
    }

    /** Frames of publications and presence were written to sockets. */
    void delivered(long frames) {
        delivered.add(frames);
    }

    @Override
    public void opened(String transport) {
        meters.opened(transport);
    }

    @Override
    public void authenticated(String transport, boolean returned) {
        meters.authenticated(transport, returned);
    }

    @Override
    public void closed(String transport, int code) {
        meters.closed(transport, code);
    }

    @Override
    public void received() {
        meters.received();
    }

    @Override
    public void refused(int errorCode) {
        meters.refused(errorCode);
    }

    @Override
    public void recovered(boolean complete) {
        meters.recovered(complete);
    }
}
