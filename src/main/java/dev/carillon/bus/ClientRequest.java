package dev.carillon.bus;

import org.jspecify.annotations.Nullable;

/**
 * A client asks a verticle.
 *
 * @param data JsonObject, JsonArray, String, Number, Boolean or null
 */
public record ClientRequest(
        String userId, String sessionId, @Nullable Object data) {}
