package dev.carillon.session;

import dev.carillon.auth.Identity;
import dev.carillon.channel.ChannelName;
import dev.carillon.protocol.CloseCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The sessions of this node by user, for what servers and operators ask of them. Safe on any thread. */
public final class SessionRegistry {
    private final Map<String, List<ClientSession>> byUser = new ConcurrentHashMap<>();
    private final AtomicInteger rounds = new AtomicInteger();

    /** Those that have not said who they are; a session is here or with its user. */
    private final Set<ClientSession> strangers = ConcurrentHashMap.newKeySet();

    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger unfinished = new AtomicInteger();
    private final AtomicLong closings = new AtomicLong();
    private final Shares shares = new Shares();
    private volatile boolean draining;

    /** What their users send and their channels are sent. */
    public Shares shares() {
        return shares;
    }

    void opened(ClientSession session) {
        connections.incrementAndGet();
        strangers.add(session);
    }

    void closed(ClientSession session) {
        strangers.remove(session);
        connections.decrementAndGet();
        closings.incrementAndGet();
    }

    /** Counts what a closed session leaves behind in the cluster until it is cleared away, or given up. */
    void clearing(Future<Void> work) {
        began();
        work.onComplete(done -> {
            ended();
            closings.incrementAndGet();
        });
    }

    /** A step in the cluster began which, should its session be closed meanwhile, has to be undone. */
    void began() {
        unfinished.incrementAndGet();
    }

    /** The step is done, and its undoing, if it has to be, has begun. */
    void ended() {
        unfinished.decrementAndGet();
    }

    /**
     * Grows whenever a session is closed, and whenever what it left behind in the cluster is cleared away or given up: what
     * is left for good is left since then.
     */
    public long closings() {
        return closings.get();
    }

    /** From here on no session is opened. */
    public void drain() {
        draining = true;
    }

    public boolean isDraining() {
        return draining;
    }

    /** Whether no session is left, nor anything that one left behind in the cluster. */
    public boolean isEmpty() {
        // In this order: what a session leaves behind is counted before the session is gone.
        return connections.get() == 0 && unfinished.get() == 0;
    }

    /** All sessions there are now. */
    List<ClientSession> all() {
        List<ClientSession> all = new ArrayList<>(strangers);
        byUser.values().forEach(all::addAll);
        return all;
    }

    // Lists that are never changed: most users have one connection, and a set that can be shared costs six times as
    // much.
    void add(String userId, ClientSession session) {
        strangers.remove(session);
        byUser.merge(userId, List.of(session), SessionRegistry::joined);
    }

    private static List<ClientSession> joined(List<ClientSession> some, List<ClientSession> more) {
        List<ClientSession> all = new ArrayList<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }

    void remove(String userId, ClientSession session) {
        byUser.computeIfPresent(userId, (id, sessions) -> {
            List<ClientSession> left =
                    sessions.stream().filter(other -> other != session).toList();
            return left.isEmpty() ? null : left;
        });
    }

    /** Whether a session that has said who it is is still there. */
    boolean has(ClientSession session) {
        Identity who = session.identity();
        return who != null && of(who.userKey()).contains(session);
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

    /** Closes those of a user's connections here whose peers hung up, before it is their turn. */
    void closeHungUp(String userId) {
        of(userId).forEach(ClientSession::closeIfHungUp);
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
        List<ClientSession> sessions = of(userId);
        sessions.forEach(session -> session.subscribeByServer(channel));
        return sessions.size();
    }

    /** Ends a subscription of a user's connections here; returns how many connections there were. */
    public int unsubscribe(String userId, ChannelName channel) {
        List<ClientSession> sessions = of(userId);
        sessions.forEach(session -> session.unsubscribeByServer(channel));
        return sessions.size();
    }

    /** Has the sessions of users ask again whether operators look on. */
    public void lookOnAgain(Collection<String> users) {
        users.forEach(user -> of(user).forEach(ClientSession::lookOnAgain));
    }

    /** How a user's open sessions here stand. Completes on any thread. */
    public Future<List<SessionReport>> reports(String userId) {
        List<Future<SessionReport>> reports = new ArrayList<>();
        for (ClientSession session : of(userId)) {
            Promise<@Nullable SessionReport> report = Promise.promise();
            session.loop().loop().execute(() -> report.complete(session.report()));
            reports.add(report.future());
        }
        return Future.all(reports)
                .map(all -> reports.stream()
                        .map(Future::result)
                        .filter(Objects::nonNull)
                        .toList());
    }

    /** Closes every connection of this node. */
    public void endAll(CloseCode code) {
        all().forEach(session -> session.end(code));
    }

    /**
     * Asserts every session again: its connection of the user and its place on channels, in case they were dropped while
     * this node was away. A round that is under way gives way to this one.
     */
    public void reassert() {
        int round = rounds.incrementAndGet();
        Map<EventLoopServices, List<ClientSession>> byLoop = new IdentityHashMap<>();
        byUser.values()
                .forEach(sessions ->
                        sessions.forEach(session -> byLoop.computeIfAbsent(session.loop(), loop -> new ArrayList<>())
                                .add(session)));
        byLoop.forEach((loop, sessions) -> {
            Reassertion reassertion = new Reassertion(loop, sessions, () -> rounds.get() != round);
            loop.loop().execute(reassertion::go);
        });
    }

    /** The ids of all authenticated sessions. */
    public Set<String> ids() {
        Set<String> ids = new HashSet<>();
        byUser.values().forEach(sessions -> sessions.forEach(session -> ids.add(session.id())));
        return ids;
    }

    private List<ClientSession> of(String userId) {
        return byUser.getOrDefault(userId, List.of());
    }
}
