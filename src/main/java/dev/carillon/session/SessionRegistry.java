package dev.carillon.session;

import dev.carillon.auth.Identity;
import dev.carillon.channel.ChannelName;
import dev.carillon.protocol.CloseCode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The sessions of this node by user, for what servers and operators ask of them. Safe on any thread. */
public final class SessionRegistry {
    private final Map<String, Set<ClientSession>> byUser = new ConcurrentHashMap<>();
    private final AtomicInteger connections = new AtomicInteger();

    void opened() {
        connections.incrementAndGet();
    }

    void closed() {
        connections.decrementAndGet();
    }

    void add(String userId, ClientSession session) {
        byUser.compute(userId, (id, sessions) -> {
            Set<ClientSession> all = sessions == null ? ConcurrentHashMap.newKeySet(1) : sessions;
            all.add(session);
            return all;
        });
    }

    void remove(String userId, ClientSession session) {
        byUser.computeIfPresent(userId, (id, sessions) -> {
            sessions.remove(session);
            return sessions.isEmpty() ? null : sessions;
        });
    }

    /** Open client sockets, authenticated or not. */
    public int connections() {
        return connections.get();
    }

    /**
     * Closes a user's connections here.
     *
     * @param sessionId only this one; null for all
     * @return how many there were
     */
    public int disconnect(String userId, @Nullable String sessionId, CloseCode code) {
        List<ClientSession> sessions = of(userId).stream()
                .filter(session -> sessionId == null || session.id().equals(sessionId))
                .toList();
        sessions.forEach(session -> session.end(code));
        return sessions.size();
    }

    /** Closes with 4401 the connections here whose identity is revoked. */
    public void endRevoked(Predicate<Identity> revoked) {
        byUser.values()
                .forEach(sessions -> sessions.forEach(session -> {
                    Identity identity = session.identity();
                    if (identity != null && revoked.test(identity)) {
                        session.end(CloseCode.UNAUTHORIZED);
                    }
                }));
    }

    /** Subscribes a user's connections here; returns how many there were. */
    public int subscribe(String userId, ChannelName channel) {
        Collection<ClientSession> sessions = of(userId);
        sessions.forEach(session -> session.subscribeByServer(channel));
        return sessions.size();
    }

    /** Ends a subscription of a user's connections here; returns how many connections there were. */
    public int unsubscribe(String userId, ChannelName channel) {
        Collection<ClientSession> sessions = of(userId);
        sessions.forEach(session -> session.unsubscribeByServer(channel));
        return sessions.size();
    }

    /** Closes every connection of this node. */
    public void endAll(CloseCode code) {
        byUser.values().forEach(sessions -> sessions.forEach(session -> session.end(code)));
    }

    private Collection<ClientSession> of(String userId) {
        return List.copyOf(byUser.getOrDefault(userId, Set.of()));
    }
}
