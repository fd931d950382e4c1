package dev.carillon.bus;

import org.jspecify.annotations.Nullable;
import org.slf4j.spi.LoggingEventBuilder;

/** Marks what is logged with the trace that a client gave. */
final class Trace {
    private Trace() {}

    /** Adds a field {@code traceparent}, which JSON logs show. */
    static LoggingEventBuilder on(LoggingEventBuilder event, @Nullable String traceparent) {
        return traceparent == null ? event : event.addKeyValue("traceparent", traceparent);
    }
}
