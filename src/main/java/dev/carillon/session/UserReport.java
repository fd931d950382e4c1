package dev.carillon.session;

import dev.carillon.presence.UserStatus;
import java.util.List;

/**
 * A user as an operator sees it.
 *
 * @param status what the cluster has counted
 * @param sessions what the nodes of the user's sessions say of them; those of a node that did not answer are missing
 * @param personal the user's own channel
 */
public record UserReport(UserStatus status, List<SessionReport> sessions, ChannelReport personal) {
    public UserReport {
        sessions = List.copyOf(sessions);
    }
}
