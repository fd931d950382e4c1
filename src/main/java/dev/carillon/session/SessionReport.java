package dev.carillon.session;

import java.time.Instant;
import java.util.List;

/**
 * A session, as its own node sees it.
 *
 * @param device what the client calls itself; empty if it does not say
 * @param since when it authenticated
 * @param lastSeen when its client was last heard, a pong included
 * @param tokenId the token's {@code jti}; empty for none
 * @param tokenExpires when the token that it is believed by does
 * @param channels how many it is on
 * @param on their names, the first {@value #MAX_NAMES} in the order of names
 * @param shownOn those of them that keep presence
 */
public record SessionReport(
        String sessionId,
        String userId,
        String node,
        String device,
        String transport,
        Instant since,
        Instant lastSeen,
        String tokenId,
        Instant tokenExpires,
        int channels,
        List<String> on,
        List<String> shownOn) {
    public static final int MAX_NAMES = 100;

    public SessionReport {
        on = List.copyOf(on);
        shownOn = List.copyOf(shownOn);
    }
}
