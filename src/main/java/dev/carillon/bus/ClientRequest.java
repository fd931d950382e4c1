package dev.carillon.bus;

import dev.carillon.session.Requests;
import io.vertx.core.MultiMap;
import io.vertx.core.eventbus.Message;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A client asks a verticle.
 *
 * @param tenant of the user; empty for none
 * @param data JsonObject, JsonArray, String, Number, Boolean or null
 * @param traceparent what the client is doing, as W3C Trace Context writes it; null if it did not say
 */
public record ClientRequest(
        String tenant,
        String userId,
        String sessionId,
        @Nullable Object data,
        @Nullable String traceparent) {

    static ClientRequest read(Message<Object> message) {
        MultiMap headers = message.headers();
        return new ClientRequest(
                Objects.requireNonNullElse(headers.get(Requests.TENANT_HEADER), ""),
                Objects.requireNonNullElse(headers.get(Requests.USER_HEADER), ""),
                Objects.requireNonNullElse(headers.get(Requests.SESSION_HEADER), ""),
                message.body(),
                headers.get(Requests.TRACE_HEADER));
    }
}
