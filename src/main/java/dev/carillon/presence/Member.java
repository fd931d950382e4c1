package dev.carillon.presence;

/**
 * One session on a channel.
 *
 * @param info what the token tells of the user, as one JSON object
 * @param sinceMillis when it joined, in milliseconds since 1970
 * @param node the node that holds the session; its members are removed when it dies
 */
public record Member(String userId, String sessionId, String info, long sinceMillis, String node) {}
