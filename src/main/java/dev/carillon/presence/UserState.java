package dev.carillon.presence;

import java.util.Collection;
import java.util.List;

/**
 * One user at its owner: connections, and whether the user was announced as online. Deterministic, so that owner and
 * copy stay the same. Extended by the entry that an owner keeps, so that both are one object. Not thread-safe: the owner's
 * partition thread has it to itself.
 */
public class UserState extends UserConnections {
    /** A question of a node of the version before, which does not number them. */
    public static final long NOT_NUMBERED = 0;

    /** The same, asked once more; the numbers of questions begin after this. */
    public static final long REPEATED = 1;

    private boolean announced;
    private String info = "{}";
    private long lastSeenMillis;

    /** Grows with every connection and every end of one, so that a grace period knows whether something happened. */
    private long version;

    /** The node that watches over the grace period while there is no connection; empty otherwise. */
    private String watcher = "";

    /** The session that brought the user online last, and the version it did so with. */
    private String broughtOnline = "";

    private long onlineVersion;

    /** The question of that session's node which did so. */
    private long onlineQuestion;

    /**
     * A connection as it was counted in.
     *
     * @param incarnation in which of its node's lives in the cluster it was asserted last
     */
    public record Counted(UserSession session, long incarnation) {}

    /** Makes an empty state what another was, from its parts. */
    protected final void restore(
            Collection<Counted> connections,
            boolean announced,
            String info,
            long lastSeenMillis,
            long version,
            String watcher,
            String broughtOnline,
            long onlineVersion,
            long onlineQuestion) {
        connections.forEach(counted -> count(counted.session(), counted.incarnation()));
        this.announced = announced;
        this.info = info;
        this.lastSeenMillis = lastSeenMillis;
        this.version = version;
        this.watcher = watcher;
        // Mostly that of the only connection, whose string does for both.
        UserSession bringing = session(broughtOnline);
        this.broughtOnline = bringing == null ? broughtOnline : bringing.sessionId();
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
        UserSession before = session(session.sessionId());
        if (session.equals(before)) {
            count(session, incarnation);
            info = latestInfo;
            boolean again = question == REPEATED || (question != NOT_NUMBERED && question == onlineQuestion);
            return again && announced && broughtOnline.equals(session.sessionId())
                    ? Connect.CAME_ONLINE
                    : Connect.CONNECTED;
        }
        if (before == null && size() >= limit) {
            return Connect.REFUSED;
        }
        count(session, incarnation);
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
        if (session(sessionId) == null) {
            // Perhaps a repeat: the grace period is this node's already, only its answer was lost.
            return watcher.equals(node) && startsGrace(node);
        }
        forget(sessionId);
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
        List<String> left = connections().stream()
                .filter(counted -> counted.session().node().equals(dead)
                        && (incarnation == 0 || incarnation == counted.incarnation()))
                .map(counted -> counted.session().sessionId())
                .toList();
        if (!left.isEmpty()) {
            left.forEach(this::forget);
            version++;
            lastSeenMillis = nowMillis;
            return startsGrace(survivor);
        }
        return (watcher.equals(dead) || watcher.equals(survivor)) && startsGrace(survivor);
    }

    private boolean startsGrace(String node) {
        if (isConnected() || !announced) {
            return false;
        }
        watcher = node;
        return true;
    }

    /** Whether the user is still away, nothing having happened since {@code atVersion}, and was not yet said to be. */
    public boolean isLeaving(long atVersion) {
        return announced && !isConnected() && version == atVersion;
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
        return new UserStatus(userId, announced, sessions(), lastSeenMillis, info);
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
