package dev.carillon.bus;

import dev.carillon.protocol.TraceContext;
import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.spi.LoggingEventBuilder;

/** The traces that messages carry, and what is logged of them. */
final class Trace {
    private Trace() {}

    /** The trace of a message; null if it has none. */
    static @Nullable String of(MultiMap headers) {
        return TraceContext.wellFormed(headers.get(TraceContext.NAME));
    }

    /** Adds a field {@code traceparent}, which JSON logs show. */
    static LoggingEventBuilder on(LoggingEventBuilder event, @Nullable String traceparent) {
        return traceparent == null ? event : event.addKeyValue("traceparent", traceparent);
    }
}
