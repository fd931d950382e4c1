package dev.carillon.ops;

import dev.carillon.channel.HubListener;
import dev.carillon.channel.LinkListener;
import dev.carillon.channel.PublisherListener;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.session.SessionListener;
import dev.carillon.session.SlowConsumerListener;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
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
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** All meters of a node: of its sessions, hubs and links, of Vert.x and of the process. Safe on any thread. */
public final class Metrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final PrometheusMetrics sessions;
    private final SlowConsumerMetrics slowConsumers;
    private final LinkMetrics links;
    private final PublisherMetrics publishers;

    /** @param namespaces that have settings; publications of others are counted together */
    public Metrics(Map<String, NamespaceSettings> namespaces) {
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
     */
    public HubListener hubs(LongConsumer deliveries) {
        return new RepairMetrics(registry, deliveries);
    }

    /** Counts what publishers report. */
    public PublisherListener publishers() {
        return publishers;
    }

    /**
     * Watches what is insisted on.
     *
     * @param waiting how many things wait for another attempt
     * @param givenUp how many were given up, ever
     */
    public void insisted(LongSupplier waiting, LongSupplier givenUp) {
        Gauge unused = Gauge.builder("carillon.insisted", this, here -> waiting.getAsLong())
                .description("Ends of sessions and subscriptions that wait for another attempt")
                .register(registry);
        FunctionCounter unusedToo = FunctionCounter.builder(
                        "carillon.insisted.given.up", this, here -> givenUp.getAsLong())
                .description("Ends of sessions and subscriptions that were given up because too many waited")
                .register(registry);
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
