package dev.carillon.api;

import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.UnavailableException;
import dev.carillon.channel.history.HistoryPage;
import dev.carillon.presence.Member;
import dev.carillon.presence.PresenceSnapshot;
import dev.carillon.presence.UserSession;
import dev.carillon.presence.UserStatus;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.session.Gateway;
import dev.carillon.session.NodeInfo;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Notes what it is asked and keeps what is published. The namespace {@code nowhere} does not exist, {@code down} is
 * unavailable, {@code slow} is rate limited, {@code strict} has a schema, {@code broken} fails.
 */
final class RecordingGateway implements Gateway {
    static final Instant THEN = Instant.parse("2026-01-28T10:00:00Z");

    final List<String> calls = new CopyOnWriteArrayList<>();
    final List<Publication> published = new CopyOnWriteArrayList<>();

    @Override
    public Future<Ack> publish(
            ChannelName channel,
            Payload data,
            @Nullable String userId,
            @Nullable String key,
            @Nullable String traceparent) {
        calls.add("publish " + channel + " " + userId + " " + key);
        switch (channel.namespace()) {
            case "nowhere":
                return Future.failedFuture(new ProtocolException(ErrorCode.UNKNOWN_NAMESPACE, 0));
            case "down":
                return Future.failedFuture(new UnavailableException("no quorum at 10.0.0.7"));
            case "slow":
                return Future.failedFuture(new ProtocolException(ErrorCode.RATE_LIMITED, 0));
            case "strict":
                return Future.failedFuture(new ProtocolException(ErrorCode.SCHEMA_REFUSED, 0));
            case "broken":
                return Future.failedFuture(new IllegalStateException("secret detail"));
            case "tick":
                return Future.succeededFuture(new Ack(StreamPosition.NONE, false));
            default:
                StreamPosition position = new StreamPosition("e1", published.size() + 1);
                published.add(new Publication(channel, position, data, userId, THEN.toEpochMilli(), traceparent));
                return Future.succeededFuture(new Ack(position, false));
        }
    }

    @Override
    public Future<HistoryPage> history(
            ChannelName channel, @Nullable StreamPosition since, int limit, boolean reverse) {
        calls.add("history " + channel + " " + since + " " + limit + " " + reverse);
        List<Publication> page = new ArrayList<>();
        for (Publication publication : published) {
            if (publication.channel().equals(channel)) {
                page.add(publication);
            }
        }
        return Future.succeededFuture(new HistoryPage(new StreamPosition("e1", published.size()), page, since == null));
    }

    @Override
    public Future<PresenceSnapshot> presence(ChannelName channel) {
        return Future.succeededFuture(new PresenceSnapshot(
                7,
                List.of(
                        new Member("alice", "s1", "{\"name\":\"Alice\"}", 5, "n1"),
                        new Member("alice", "s2", "{}", 6, "n2"))));
    }

    @Override
    public Future<UserStatus> user(String userId) {
        calls.add("user " + userId);
        return Future.succeededFuture(new UserStatus(
                userId, true, List.of(new UserSession("s1", "n1", "phone", "websocket", 5)), 9, "{\"name\":\"A\"}"));
    }

    @Override
    public Future<List<UserStatus>> users(List<String> userIds) {
        return Future.all(userIds.stream().map(this::user).toList()).map(all -> all.list());
    }

    @Override
    public Future<Integer> disconnect(String userId, @Nullable String sessionId, CloseCode code) {
        calls.add("disconnect " + userId + " " + sessionId + " " + code);
        return Future.succeededFuture(2);
    }

    @Override
    public Future<Void> revokeUser(String userId, Instant before) {
        calls.add("revokeUser " + userId + " " + before);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> revokeToken(String tokenId, Instant until) {
        calls.add("revokeToken " + tokenId + " " + until);
        return Future.succeededFuture();
    }

    @Override
    public Future<Integer> subscribe(String userId, ChannelName channel) {
        calls.add("subscribe " + userId + " " + channel);
        return Future.succeededFuture(3);
    }

    @Override
    public Future<Integer> unsubscribe(String userId, ChannelName channel) {
        calls.add("unsubscribe " + userId + " " + channel);
        return Future.succeededFuture(3);
    }

    @Override
    public Future<List<NodeInfo>> nodes() {
        return Future.succeededFuture(List.of(self()));
    }

    @Override
    public NodeInfo self() {
        return new NodeInfo("n1", "0.1.0", "127.0.0.1:8080", "", false, THEN, 4, 9L, 1.5, 2.5, 0.25, 1024L, THEN);
    }

    @Override
    public Future<Void> revokeAll(String tenant, Instant before) {
        calls.add("revokeAll " + tenant + " " + before);
        return Future.succeededFuture();
    }

    @Override
    public Future<Integer> block(String userId, @Nullable Instant until) {
        calls.add("block " + userId + " " + until);
        return Future.succeededFuture(2);
    }

    @Override
    public Future<Void> unblock(String userId) {
        calls.add("unblock " + userId);
        return Future.succeededFuture();
    }

    @Override
    public @Nullable Instant blockedUntil(String userId) {
        return userId.equals("mallory") ? THEN : null;
    }
}
