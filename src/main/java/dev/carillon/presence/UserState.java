package dev.carillon.presence;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One user at its owner: connections, and whether the user was announced as online. Deterministic, so that owner and
 * copy stay the same. Not thread-safe: the owner's partition thread has it to itself.
 */
public final class UserState {
    private final Map<String, UserSession> sessions = new LinkedHashMap<>();
    private boolean announced;
    private String info;
    private long lastSeenMillis;

    /** Grows with every connection and every end of one, so that a grace period knows whether something happened. */
    private long version;

    /** The node that watches over the grace period while there is no connection; empty otherwise. */
    private String watcher;

    public UserState() {
        this(List.of(), false, "{}", 0, 0, "");
    }

    /** Makes the same state again from its parts. */
    public UserState(
            Collection<UserSession> sessions,
            boolean announced,
            String info,
            long lastSeenMillis,
            long version,
            String watcher) {
        sessions.forEach(session -> this.sessions.put(session.sessionId(), session));
        this.announced = announced;
        this.info = info;
        this.lastSeenMillis = lastSeenMillis;
        this.version = version;
        this.watcher = watcher;
    }

    /** What a connect did. */
    public enum Connect {
        REFUSED,
        CONNECTED,
        /** The user has just come online, and the caller is the one to say so. */
        CAME_ONLINE
    }

    /** Counts a connection in, up to a limit. */
    public Connect connect(UserSession session, String latestInfo, int limit) {
        if (!sessions.containsKey(session.sessionId()) && sessions.size() >= limit) {
            return Connect.REFUSED;
        }
        sessions.put(session.sessionId(), session);
        info = latestInfo;
        lastSeenMillis = session.sinceMillis();
        version++;
        watcher = "";
        if (announced) {
            return Connect.CONNECTED;
        }
        announced = true;
        return Connect.CAME_ONLINE;
    }

    /** Counts a connection out; whether it was the last one, so that {@code node} has to watch over the grace period. */
    public boolean disconnect(String sessionId, String node, long nowMillis) {
        if (sessions.remove(sessionId) == null) {
            return false;
        }
        version++;
        lastSeenMillis = nowMillis;
        return startsGrace(node);
    }

    /** Removes what a dead node left; whether {@code survivor} has to watch over a grace period now. */
    public boolean dropNode(String dead, String survivor, long nowMillis) {
        boolean removed = sessions.values().removeIf(session -> session.node().equals(dead));
        if (removed) {
            version++;
            lastSeenMillis = nowMillis;
            return startsGrace(survivor);
        }
        return watcher.equals(dead) && startsGrace(survivor);
    }

    private boolean startsGrace(String node) {
        if (!sessions.isEmpty() || !announced) {
            return false;
        }
        watcher = node;
        return true;
    }

    /** Whether the user is still away, nothing having happened since {@code atVersion}, and was not yet said to be. */
    public boolean isLeaving(long atVersion) {
        return announced && sessions.isEmpty() && version == atVersion;
    }

    /** Notes that the user was announced as offline; false if the user came back meanwhile and must be announced again. */
    public boolean wentOffline(long atVersion) {
        if (isLeaving(atVersion)) {
            announced = false;
            watcher = "";
            return true;
        }
        return !announced;
    }

    public UserStatus status(String userId) {
        return new UserStatus(userId, announced, List.copyOf(sessions.values()), lastSeenMillis, info);
    }

    public Collection<UserSession> sessions() {
        return sessions.values();
    }

    public boolean announced() {
        return announced;
    }

    public String info() {
        return info;
    }

    public long lastSeenMillis() {
        return lastSeenMillis;
    }

    public long version() {
        return version;
    }

    public String watcher() {
        return watcher;
    }
}
