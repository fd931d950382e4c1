package dev.carillon.api;

import dev.carillon.protocol.ProtocolException;
import dev.carillon.protocol.TraceContext;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** One request that may be answered: who calls, its body, and the HTTP around it. */
record Call(RoutingContext http, Caller caller, Fields body) {
    /** Answers with something that {@link Answer#encode} writes; may also throw what the future may fail with. */
    interface Operation {
        Future<?> run(Call call);
    }

    /** What the caller is doing, as W3C Trace Context writes it; null if it does not say. */
    @Nullable
    String traceparent() {
        return TraceContext.wellFormed(http.request().getHeader(TraceContext.NAME));
    }

    /** The key of the user that the path names. */
    String userKey() {
        return body.userKey(user());
    }

    /** The user that the path names. */
    String user() {
        return body.user("user id", parameter("id"));
    }

    /** A part of the path. */
    String parameter(String name) {
        String value = http.pathParam(name);
        if (value == null || value.isEmpty()) {
            throw ProtocolException.field(name, 0, "is required in the path");
        }
        return value;
    }
}
