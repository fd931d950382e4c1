package dev.carillon.ops;

import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.PublisherListener;
import dev.carillon.config.TelemetrySettings;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes a span of each publication that came with a trace which its sender had sampled: from the frame's arrival to the
 * owner's answer, below the span that the sender named. Names follow OpenTelemetry's conventions for messaging. A thread of
 * the SDK sends them in batches; what a collector does not take in time is dropped, 2,048 spans at most wait. Safe on any
 * thread.
 */
public final class PublishSpans implements PublisherListener {
    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("messaging.operation.type");
    private static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("messaging.destination.name");
    private static final AttributeKey<String> MESSAGE = AttributeKey.stringKey("messaging.message.id");
    private static final AttributeKey<Boolean> REPEATED = AttributeKey.booleanKey("carillon.repeated");

    private static final int SAMPLED = 1;

    private final SdkTracerProvider provider;
    private final Tracer tracer;
    private final InstantSource clock;

    private PublishSpans(SdkTracerProvider provider, InstantSource clock) {
        this.provider = provider;
        this.clock = clock;
        tracer = provider.get("dev.carillon");
    }

    /** Those of a node; null if no collector is set. */
    public static @Nullable PublishSpans of(
            TelemetrySettings settings, String node, String version, InstantSource clock) {
        if (settings.traces().isEmpty()) {
            return null;
        }
        Resource resource = Resource.getDefault()
                .merge(Resource.create(Attributes.of(
                        AttributeKey.stringKey("service.name"), settings.service(),
                        AttributeKey.stringKey("service.instance.id"), node,
                        AttributeKey.stringKey("service.version"), version)));
        return new PublishSpans(
                SdkTracerProvider.builder()
                        .setResource(resource)
                        .addSpanProcessor(BatchSpanProcessor.builder(OtlpHttpSpanExporter.builder()
                                        .setEndpoint(settings.traces())
                                        .build())
                                .build())
                        .build(),
                clock);
    }

    @Override
    public void accepted(ChannelName channel, Draft draft, Ack ack) {
        String traceparent = draft.traceparent();
        if (traceparent == null || !isSampled(traceparent)) {
            return;
        }
        tracer.spanBuilder("publish " + channel.namespace())
                .setSpanKind(SpanKind.SERVER)
                .setParent(Context.root().with(Span.wrap(parent(traceparent))))
                .setStartTimestamp(draft.timestampMillis(), TimeUnit.MILLISECONDS)
                .setAttribute(SYSTEM, "carillon")
                .setAttribute(OPERATION, "publish")
                .setAttribute(DESTINATION, channel.value())
                .setAttribute(
                        MESSAGE, ack.position().epoch() + "/" + ack.position().offset())
                .setAttribute(REPEATED, ack.duplicate())
                .startSpan()
                .end(Math.max(clock.millis(), draft.timestampMillis()), TimeUnit.MILLISECONDS);
    }

    /** Sends what waits, and ends; waits for the collector 2 s at most. Returns whether it took all. */
    public boolean close() {
        return provider.shutdown().join(2, TimeUnit.SECONDS).isSuccess();
    }

    // A traceparent is well-formed here: version-trace-parent-flags, each of a fixed length.

    private static boolean isSampled(String traceparent) {
        return (Integer.parseInt(traceparent, 53, 55, 16) & SAMPLED) != 0;
    }

    private static SpanContext parent(String traceparent) {
        return SpanContext.createFromRemoteParent(
                traceparent.substring(3, 35),
                traceparent.substring(36, 52),
                TraceFlags.fromHex(traceparent, 53),
                TraceState.getDefault());
    }
}
