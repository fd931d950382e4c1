package dev.carillon.presence;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One user at its owner: connections, and whether the user was announced as online. Deterministic, so that owner and
 * copy stay the same. Not thread-safe: the owner's partition thread has it to itself.
 */
public final class UserState {
    /** A question of a node of the version before, which does not number them. */
    public static final long NOT_NUMBERED = 0;

    /** The same, asked once more; the numbers of questions begin after this. */
    public static final long REPEATED = 1;

    private final Map<String, UserSession> sessions = new LinkedHashMap<>();

    /** By session: in which of its node's lives in the cluster it was asserted last. */
    private final Map<String, Long> incarnations = new HashMap<>();

    private boolean announced;
    private String info;
    private long lastSeenMillis;

    /** Grows with every connection and every end of one, so that a grace period knows whether something happened. */
    private long version;

    /** The node that watches over the grace period while there is no connection; empty otherwise. */
    private String watcher;

    /** The session that brought the user online last, and the version it did so with. */
    private String broughtOnline;

    private long onlineVersion;

    /** The question of that session's node which did so. */
    private long onlineQuestion;

    public UserState() {
        this(List.of(), Map.of(), false, "{}", 0, 0, "", "", 0, NOT_NUMBERED);
    }

    /** Makes the same state again from its parts. */
    public UserState(
            Collection<UserSession> sessions,
            Map<String, Long> incarnations,
            boolean announced,
            String info,
            long lastSeenMillis,
            long version,
            String watcher,
            String broughtOnline,
            long onlineVersion,
            long onlineQuestion) {
        sessions.forEach(session -> this.sessions.put(session.sessionId(), session));
        this.incarnations.putAll(incarnations);
        this.announced = announced;
        this.info = info;
        this.lastSeenMillis = lastSeenMillis;
        this.version = version;
        this.watcher = watcher;
        this.broughtOnline = broughtOnline;
        this.onlineVersion = onlineVersion;
        this.onlineQuestion = onlineQuestion;
    }

    /** What a connect did. */
    public enum Connect {
        REFUSED,
        CONNECTED,
        /** The user has just come online, and the caller is the one to say so. */
        CAME_ONLINE
    }

    /**
     * Counts a connection in, up to a limit.
     *
     * @param incarnation of the session's node: another one each time it comes into the cluster, never negative
     * @param question the same number when it is asked again because its answer was lost, another for every other question
     *     of the session's node: one that brought the user online is told so once more, with the same
     *     {@link #onlineVersion}
     */
    public Connect connect(UserSession session, long incarnation, String latestInfo, int limit, long question) {
        if (session.equals(sessions.get(session.sessionId()))) {
            incarnations.put(session.sessionId(), incarnation);
            info = latestInfo;
            boolean again = question == REPEATED || (question != NOT_NUMBERED && question == onlineQuestion);
            return again && announced && broughtOnline.equals(session.sessionId())
                    ? Connect.CAME_ONLINE
                    : Connect.CONNECTED;
        }
        if (!sessions.containsKey(session.sessionId()) && sessions.size() >= limit) {
            return Connect.REFUSED;
        }
        sessions.put(session.sessionId(), session);
        incarnations.put(session.sessionId(), incarnation);
        info = latestInfo;
        lastSeenMillis = Math.max(lastSeenMillis, session.sinceMillis());
        version++;
        watcher = "";
        if (announced) {
            return Connect.CONNECTED;
        }
        announced = true;
        broughtOnline = session.sessionId();
        onlineVersion = version;
        onlineQuestion = question;
        return Connect.CAME_ONLINE;
    }

    /** Counts a connection out; whether it was the last one, so that {@code node} has to watch over the grace period. */
    public boolean disconnect(String sessionId, String node, long nowMillis) {
        incarnations.remove(sessionId);
        if (sessions.remove(sessionId) == null) {
            // Perhaps a repeat: the grace period is this node's already, only its answer was lost.
            return watcher.equals(node) && startsGrace(node);
        }
        version++;
        lastSeenMillis = nowMillis;
        return startsGrace(node);
    }

    /**
     * Removes what a departed node left, now or when this was asked before; whether {@code survivor} has to watch over a
     * grace period now.
     *
     * @param incarnation in which it departed: what it asserted after it came back stays; 0 for all of it
     */
    public boolean dropNode(String dead, long incarnation, String survivor, long nowMillis) {
        boolean removed = sessions.values()
                .removeIf(session ->
                        session.node().equals(dead) && (incarnation == 0 || incarnation == incarnationOf(session)));
        incarnations.keySet().retainAll(sessions.keySet());
        if (removed) {
            version++;
            lastSeenMillis = nowMillis;
            return startsGrace(survivor);
        }
        return (watcher.equals(dead) || watcher.equals(survivor)) && startsGrace(survivor);
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

    public long incarnationOf(UserSession session) {
        return incarnations.getOrDefault(session.sessionId(), 0L);
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

    public String broughtOnline() {
        return broughtOnline;
    }

    public long onlineVersion() {
        return onlineVersion;
    }

    public long onlineQuestion() {
        return onlineQuestion;
    }
}
