package dev.carillon.presence;

/**
 * One connection of a user.
 *
 * @param node the node that holds it
 * @param device what the client calls itself; empty if it does not say
 * @param transport {@code websocket}, {@code http}, {@code bare}, {@code sockjs} or {@code sse}
 * @param sinceMillis when it authenticated, in milliseconds since 1970
 */
public record UserSession(String sessionId, String node, String device, String transport, long sinceMillis) {}
