package dev.carillon.cluster;

import dev.carillon.auth.Revocations;
import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Payload;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.history.HistoryPage;
import dev.carillon.presence.PresenceSnapshot;
import dev.carillon.presence.UserSession;
import dev.carillon.presence.UserStatus;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.session.DataRules;
import dev.carillon.session.EventLoops;
import dev.carillon.session.Gateway;
import dev.carillon.session.NodeInfo;
import dev.carillon.session.SessionListener;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The gateway over the stores of the cluster and the sessions of all nodes. */
public final class ClusterGateway implements Gateway {
    private final ClusterNode node;
    private final EventLoops loops;
    private final DataRules rules;
    private final Revocations revocations;
    private final Control control;
    private final Supplier<NodeInfo> load;
    private final SessionListener listener;
    private final InstantSource clock;

    ClusterGateway(
            ClusterNode node,
            EventLoops loops,
            DataRules rules,
            Revocations revocations,
            Control control,
            Supplier<NodeInfo> load,
            SessionListener listener,
            InstantSource clock) {
        this.node = node;
        this.loops = loops;
        this.rules = rules;
        this.revocations = revocations;
        this.control = control;
        this.load = load;
        this.listener = listener;
        this.clock = clock;
    }

    @Override
    public Future<Ack> publish(
            ChannelName channel,
            Payload data,
            @Nullable String userId,
            @Nullable String key,
            @Nullable String traceparent) {
        return checked(() -> {
            rules.check(channel, data, 0);
            return loops.publish(channel, new Draft(data, userId, key, clock.millis(), traceparent))
                    .onSuccess(ack -> listener.published(channel.namespace()));
        });
    }

    @Override
    public Future<HistoryPage> history(
            ChannelName channel, @Nullable StreamPosition since, int limit, boolean reverse) {
        return checked(() -> {
            rules.checkNamespace(channel, 0);
            return node.channels().history(channel, since, limit, reverse);
        });
    }

    @Override
    public Future<PresenceSnapshot> presence(ChannelName channel) {
        return checked(() -> {
            rules.checkNamespace(channel, 0);
            return node.presence().snapshot(channel);
        });
    }

    /** A refusal by exception is a failed future, like any other. */
    private static <T> Future<T> checked(Supplier<Future<T>> call) {
        try {
            return call.get();
        } catch (ProtocolException refused) {
            return Future.failedFuture(refused);
        }
    }

    @Override
    public Future<UserStatus> user(String userId) {
        return node.users().status(userId);
    }

    @Override
    public Future<List<UserStatus>> users(List<String> userIds) {
        return node.users().statuses(userIds);
    }

    @Override
    public Future<Integer> disconnect(String userId, @Nullable String sessionId, CloseCode code) {
        return onNodesOf(userId, nodes -> control.disconnect(nodes, userId, sessionId, code));
    }

    @Override
    public Future<Void> revokeUser(String userId, Instant before) {
        return revocations
                .revokeUser(userId, before)
                .compose(revoked -> control.revokeUser(node.nodeIds(), userId, before))
                .mapEmpty();
    }

    @Override
    public Future<Void> revokeAll(String tenant, Instant before) {
        return revocations
                .revokeAll(tenant, before)
                .compose(revoked -> control.revokeAll(node.nodeIds(), tenant, before))
                .mapEmpty();
    }

    @Override
    public Future<Integer> block(String userId, @Nullable Instant until) {
        return revocations.block(userId, until).compose(blocked -> control.block(node.nodeIds(), userId));
    }

    @Override
    public Future<Void> unblock(String userId) {
        return revocations.unblock(userId);
    }

    @Override
    public @Nullable Instant blockedUntil(String userId) {
        return revocations.blockedUntil(userId);
    }

    @Override
    public Future<Void> revokeToken(String tokenId, Instant until) {
        return revocations
                .revokeToken(tokenId, until)
                .compose(revoked -> control.revokeToken(node.nodeIds(), tokenId))
                .mapEmpty();
    }

    @Override
    public Future<Integer> subscribe(String userId, ChannelName channel) {
        return checked(() -> {
            rules.checkNamespace(channel, 0);
            if (channel.isReserved()) {
                throw new ProtocolException(ErrorCode.PERMISSION_DENIED, 0);
            }
            return onNodesOf(userId, nodes -> control.subscribe(nodes, userId, channel));
        });
    }

    @Override
    public Future<Integer> unsubscribe(String userId, ChannelName channel) {
        return checked(() -> {
            if (channel.equals(ChannelName.ofUserKey(userId))) {
                throw new ProtocolException(ErrorCode.PERMISSION_DENIED, 0);
            }
            rules.checkNamespace(channel, 0);
            return onNodesOf(userId, nodes -> control.unsubscribe(nodes, userId, channel));
        });
    }

    private Future<Integer> onNodesOf(String userId, Function<Set<String>, Future<Integer>> ask) {
        return user(userId).compose(status -> {
            Set<String> alive = node.nodeIds();
            return ask.apply(status.sessions().stream()
                    .map(UserSession::node)
                    .filter(alive::contains)
                    .collect(Collectors.toSet()));
        });
    }

    @Override
    public Future<List<NodeInfo>> nodes() {
        return Future.succeededFuture(nodesNow());
    }

    /** The same at once: every node has the whole directory. */
    public List<NodeInfo> nodesNow() {
        Set<String> alive = node.nodeIds();
        return node.directory().stream()
                .filter(info -> alive.contains(info.id()))
                .toList();
    }

    @Override
    public NodeInfo self() {
        return load.get();
    }
}
