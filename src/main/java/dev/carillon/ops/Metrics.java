package dev.carillon.ops;

import dev.carillon.channel.HubListener;
import dev.carillon.channel.LinkListener;
import dev.carillon.channel.PublisherListener;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.session.SessionListener;
import dev.carillon.session.SlowConsumerListener;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;

/** All meters of a node: of its sessions, hubs and links, of Vert.x and of the process. Safe on any thread. */
public final class Metrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final PrometheusMetrics sessions;
    private final SlowConsumerMetrics slowConsumers;
    private final LinkMetrics links;
    private final PublisherMetrics publishers;
    private final Set<String> namespaces;

    /** @param namespaces that have settings; publications of others are counted together */
    public Metrics(Map<String, NamespaceSettings> namespaces) {
        this.namespaces = namespaces.keySet();
        sessions = new PrometheusMetrics(registry, namespaces.keySet());
        slowConsumers = new SlowConsumerMetrics(registry, namespaces);
        links = new LinkMetrics(registry);
        publishers = new PublisherMetrics(registry);
        gc.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /** Lets a Vert.x that is about to be built report here; changes {@code options} too, which it must be built with. */
    public VertxBuilder instrument(VertxBuilder builder, VertxOptions options) {
        // Neither methods, paths nor addresses are labels: strangers choose them. Sockets have meters of our own.
        MicrometerMetricsOptions metrics = new MicrometerMetricsOptions()
                .setEnabled(true)
                .setLabels(
                        EnumSet.of(Label.HTTP_CODE, Label.EB_SIDE, Label.EB_FAILURE, Label.POOL_TYPE, Label.POOL_NAME))
                .setDisabledMetricsCategories(Set.of(
                        MetricsDomain.NET_SERVER.toCategory(),
                        MetricsDomain.NET_CLIENT.toCategory(),
                        MetricsDomain.HTTP_CLIENT.toCategory(),
                        MetricsDomain.DATAGRAM_SOCKET.toCategory()));
        return builder.with(options.setMetricsOptions(metrics)).withMetrics(new MicrometerMetricsFactory(registry));
    }

    /** Counts what sessions report. */
    public SessionListener sessions() {
        return sessions;
    }

    /** Counts what becomes of clients that read too slowly. */
    public SlowConsumerListener slowConsumers() {
        return slowConsumers;
    }

    /** Counts what the links between nodes report. */
    public LinkListener links() {
        return links;
    }

    /**
     * Counts what hubs report. To be asked for once.
     *
     * @param deliveries is told how many frames were written to sockets
     * @param clock milliseconds since 1970, as those of publications
     */
    public HubListener hubs(LongConsumer deliveries, InstantSource clock) {
        return new HubMetrics(registry, namespaces, deliveries, clock);
    }

    /** Counts what publishers report. */
    public PublisherListener publishers() {
        return publishers;
    }

    /** Watches how a node stands. To be told once. */
    public void watch(NodeStanding node) {
        NodeMetrics.register(registry, node);
    }

    /** What the meters show now. */
    MeterReadings readings() {
        return new MeterReadings(registry);
    }

    /** {@code /metrics}. */
    public MetricsRoutes routes() {
        return new MetricsRoutes(registry);
    }

    /** Stops listening to the garbage collector; meters keep their last values. */
    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
