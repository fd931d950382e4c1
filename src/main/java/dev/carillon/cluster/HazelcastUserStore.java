package dev.carillon.cluster;

import com.hazelcast.map.IMap;
import dev.carillon.cluster.owner.Format;
import dev.carillon.cluster.owner.Unpacker;
import dev.carillon.cluster.owner.UserEntry;
import dev.carillon.cluster.owner.UserStep;
import dev.carillon.presence.UserSession;
import dev.carillon.presence.UserState;
import dev.carillon.presence.UserState.Connect;
import dev.carillon.presence.UserStatus;
import dev.carillon.presence.UserStore;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Users owned by the Hazelcast partitions of their ids; every call is one entry processor. */
public final class HazelcastUserStore implements UserStore {
    private final IMap<String, UserEntry> users;
    private final Owners owners;
    private final String node;
    private final LongSupplier incarnation;
    private final InstantSource clock;
    private final Supplier<Set<String>> leavingNodes;
    private final AtomicLong questions = new AtomicLong(UserState.REPEATED);
    private volatile Watch watch = Watch.NOBODY;

    /** @param leavingNodes ids of the nodes that send their clients away */
    HazelcastUserStore(
            IMap<String, UserEntry> users,
            Owners owners,
            NodeIdentity node,
            LongSupplier incarnation,
            InstantSource clock,
            Supplier<Set<String>> leavingNodes) {
        this.leavingNodes = leavingNodes;
        this.users = users;
        this.owners = owners;
        this.node = node.id();
        this.incarnation = incarnation;
        this.clock = clock;
    }

    /** Is told when somebody comes online or begins to leave. May be called on any thread. */
    public interface Watch {
        Watch NOBODY = new Watch() {};

        default void cameOnline(String userId, String info, long version) {}

        /** This node is to watch over the user's grace period. */
        default void leaving(String userId, long version) {}
    }

    /** Whom to tell; before the first connection. */
    public void watch(Watch newWatch) {
        watch = newWatch;
    }

    /** Connections to nodes that leave do not count: whoever moves needs both for a moment. */
    @Override
    public Future<Boolean> connect(String userId, String info, UserSession session, int limit) {
        return connectOnce(userId, info, session, limit).compose(connected -> {
            Set<String> leaving = connected ? Set.of() : leavingNodes.get();
            if (leaving.isEmpty()) {
                return Future.succeededFuture(connected);
            }
            return status(userId).compose(status -> {
                long moving = status.sessions().stream()
                        .filter(other -> leaving.contains(other.node()))
                        .count();
                return moving == 0
                        ? Future.succeededFuture(false)
                        : connectOnce(userId, info, session, (int) (limit + moving));
            });
        });
    }

    private Future<Boolean> connectOnce(String userId, String info, UserSession session, int limit) {
        long question = questions.incrementAndGet();
        return submit(
                        userId,
                        again -> UserStep.connect(
                                session, incarnation.getAsLong(), info, limit, numbered(question, again)))
                .map(answer -> {
                    Unpacker unpacker = new Unpacker(answer.orElseThrow());
                    Connect outcome = Connect.values()[(int) unpacker.number()];
                    if (outcome == Connect.CAME_ONLINE) {
                        watch.cameOnline(userId, info, unpacker.number());
                    }
                    return outcome != Connect.REFUSED;
                });
    }

    private static long numbered(long question, boolean again) {
        if (Format.written() == Format.LATEST) {
            return question;
        }
        return again ? UserState.REPEATED : UserState.NOT_NUMBERED;
    }

    @Override
    public Future<Void> disconnect(String userId, String sessionId) {
        return submit(userId, UserStep.disconnect(sessionId, node, clock.millis()))
                .onSuccess(answer -> answer.ifPresent(version -> leaving(userId, version)))
                .mapEmpty();
    }

    @Override
    public Future<UserStatus> status(String userId) {
        return submit(userId, UserStep.read())
                .map(answer -> answer.map(status -> UserStep.unpackStatus(userId, status))
                        .orElseGet(() -> new UserStatus(userId, false, List.of(), 0, "{}")));
    }

    @Override
    public Future<List<UserStatus>> statuses(Collection<String> userIds) {
        List<Future<UserStatus>> all = userIds.stream().map(this::status).toList();
        return Future.all(all).map(done -> done.list());
    }

    /** The user's info if nothing happened since that version and the user was not yet announced as gone. */
    public Future<Optional<String>> isLeaving(String userId, long version) {
        return submit(userId, UserStep.isLeaving(version)).map(HazelcastUserStore::info);
    }

    /** Notes that the user was announced as offline; the user's info if the user came back meanwhile. */
    public Future<Optional<String>> wentOffline(String userId, long version) {
        return submit(userId, UserStep.wentOffline(version)).map(HazelcastUserStore::info);
    }

    /**
     * Removes what a departed node left in all users, and takes over their grace periods. Blocks: not for an event loop.
     *
     * @param departed in which incarnation the node departed; 0 for any
     */
    void dropNode(String dead, long departed) {
        users.executeOnEntries(UserStep.dropNode(dead, departed, node, clock.millis()))
                .forEach((userId, version) -> {
                    if (version != null) {
                        leaving(userId, version);
                    }
                });
    }

    private void leaving(String userId, byte[] version) {
        watch.leaving(userId, new Unpacker(version).number());
    }

    private Future<Optional<byte[]>> submit(String userId, UserStep step) {
        return submit(userId, again -> step);
    }

    private Future<Optional<byte[]>> submit(String userId, Function<Boolean, UserStep> step) {
        return owners.settleTelling(users, userId, step::apply, HazelcastUserStore::optional);
    }

    private static Optional<byte[]> optional(byte @Nullable [] answer) {
        return Optional.ofNullable(answer);
    }

    private static Optional<String> info(Optional<byte[]> answer) {
        return answer.map(bytes -> new Unpacker(bytes).text());
    }
}
