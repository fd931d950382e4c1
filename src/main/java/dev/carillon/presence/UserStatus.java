package dev.carillon.presence;

import java.util.List;

/**
 * What the cluster knows of a user.
 *
 * @param online announced as online: connected, or gone for less than the grace period
 * @param lastSeenMillis when the last connection closed, now while one is open, 0 if never seen
 * @param info what the user's last token told, as one JSON object
 */
public record UserStatus(String userId, boolean online, List<UserSession> sessions, long lastSeenMillis, String info) {
    public UserStatus {
        sessions = List.copyOf(sessions);
    }
}
