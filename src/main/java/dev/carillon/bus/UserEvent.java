package dev.carillon.bus;

import io.vertx.core.json.JsonObject;

/**
 * A user came or went.
 *
 * @param tenant of the user; empty for none
 * @param info what the user's last token told
 * @param timestampMillis when it was announced, in milliseconds since 1970
 */
public record UserEvent(String tenant, String userId, JsonObject info, long timestampMillis) {}
