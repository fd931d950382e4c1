package dev.carillon.bus;

import org.jspecify.annotations.Nullable;

/**
 * A client asks a verticle.
 *
 * @param data JsonObject, JsonArray, String, Number, Boolean or null
 * @param traceparent what the client is doing, as W3C Trace Context writes it; null if it did not say
 */
public record ClientRequest(
        String userId,
        String sessionId,
        @Nullable Object data,
        @Nullable String traceparent) {}
