package dev.carillon.presence;

import dev.carillon.presence.UserState.Counted;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one user by their sessions' ids, in the order in which they came. Extended, not held, because there
 * are as many as users and copies, most of which have one connection: that one needs no object but its session. Not
 * thread-safe.
 */
abstract class UserConnections {
    /** The only one; null if there is none, or several. */
    private @Nullable UserSession only;

    private long incarnation;

    /** Two or more. */
    private Map<String, Counted> several = Map.of();

    /** Null if it is not there. */
    final @Nullable UserSession session(String sessionId) {
        if (only != null) {
            return only.sessionId().equals(sessionId) ? only : null;
        }
        Counted counted = several.get(sessionId);
        return counted == null ? null : counted.session();
    }

    final int size() {
        return only == null ? several.size() : 1;
    }

    /** Adds one, or puts it in the place of the one with the same id. */
    final void count(UserSession session, long ofIncarnation) {
        if (several.isEmpty() && (only == null || only.sessionId().equals(session.sessionId()))) {
            only = session;
            incarnation = ofIncarnation;
            return;
        }
        if (only != null) {
            several = new LinkedHashMap<>();
            several.put(only.sessionId(), new Counted(only, incarnation));
            only = null;
        }
        several.put(session.sessionId(), new Counted(session, ofIncarnation));
    }

    final void forget(String sessionId) {
        if (only != null && only.sessionId().equals(sessionId)) {
            only = null;
        } else if (!several.isEmpty()) {
            several.remove(sessionId);
            if (several.size() == 1) {
                Counted left = several.values().iterator().next();
                only = left.session();
                incarnation = left.incarnation();
                several = Map.of();
            }
        }
    }

    public final boolean isConnected() {
        return size() > 0;
    }

    public final Collection<Counted> connections() {
        return only == null ? several.values() : List.of(new Counted(only, incarnation));
    }

    public final List<UserSession> sessions() {
        return only == null ? several.values().stream().map(Counted::session).toList() : List.of(only);
    }
}
