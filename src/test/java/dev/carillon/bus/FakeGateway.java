package dev.carillon.bus;

import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** One node's gateway to streams that all nodes share; fails as told. */
public final class FakeGateway implements Gateway {
    /** What all nodes share. */
    public static final class Streams {
        private final Map<ChannelName, List<Publication>> channels = new HashMap<>();
        private final Map<String, Ack> keys = new HashMap<>();
        private final InstantSource clock;

        public Streams(InstantSource clock) {
            this.clock = clock;
        }

        public synchronized Ack append(
                ChannelName channel,
                Payload data,
                @Nullable String userId,
                @Nullable String key,
                @Nullable String traceparent) {
            String fullKey = channel + "|" + userId + "|" + key;
            if (key != null && keys.containsKey(fullKey)) {
                return new Ack(keys.get(fullKey).position(), true);
            }
            List<Publication> stream = channels.computeIfAbsent(channel, name -> new ArrayList<>());
            StreamPosition position = new StreamPosition("e1", stream.size() + 1);
            stream.add(new Publication(channel, position, data, userId, clock.millis(), traceparent));
            Ack ack = new Ack(position, false);
            if (key != null) {
                keys.put(fullKey, ack);
            }
            return ack;
        }

        public synchronized List<Publication> of(String channel) {
            return List.copyOf(channels.getOrDefault(new ChannelName(channel), List.of()));
        }

        public List<String> data(String channel) {
            return of(channel).stream()
                    .map(publication -> new String(publication.data().json(), StandardCharsets.UTF_8))
                    .toList();
        }
    }

    final List<String> disconnected = new CopyOnWriteArrayList<>();

    /** Taken one by one by publishes: the failure that is told; those of {@link #lostAcks} after the append. */
    final Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();

    final Queue<RuntimeException> lostAcks = new ConcurrentLinkedQueue<>();

    private final String id;
    private final Streams streams;

    public FakeGateway(String id, Streams streams) {
        this.id = id;
        this.streams = streams;
    }

    @Override
    public Future<Ack> publish(
            ChannelName channel,
            Payload data,
            @Nullable String userId,
            @Nullable String key,
            @Nullable String traceparent) {
        RuntimeException failure = failures.poll();
        if (failure != null) {
            return Future.failedFuture(failure);
        }
        if (channel.namespace().equals("unknown")) {
            return Future.failedFuture(new ProtocolException(ErrorCode.UNKNOWN_NAMESPACE, 0));
        }
        if (channel.namespace().equals("tick")) {
            streams.append(channel, data, userId, null, traceparent);
            return Future.succeededFuture(new Ack(StreamPosition.NONE, false));
        }
        Ack ack = streams.append(channel, data, userId, key, traceparent);
        RuntimeException lost = lostAcks.poll();
        return lost == null ? Future.succeededFuture(ack) : Future.failedFuture(lost);
    }

    @Override
    public Future<HistoryPage> history(
            ChannelName channel, @Nullable StreamPosition since, int limit, boolean reverse) {
        List<Publication> page = new ArrayList<>(streams.of(channel.value()));
        page.removeIf(publication -> since != null && publication.offset() <= since.offset());
        StreamPosition position =
                new StreamPosition("e1", streams.of(channel.value()).size());
        if (reverse) {
            Collections.reverse(page);
        }
        return Future.succeededFuture(new HistoryPage(position, page.subList(0, Math.min(limit, page.size())), true));
    }

    @Override
    public Future<PresenceSnapshot> presence(ChannelName channel) {
        return Future.succeededFuture(
                new PresenceSnapshot(9, List.of(new Member("ann", "s1", "{\"name\":\"Ann\"}", 17, id))));
    }

    @Override
    public Future<UserStatus> user(String userId) {
        return Future.succeededFuture(new UserStatus(
                userId, true, List.of(new UserSession("s1", id, "web", "websocket", 17)), 18, "{\"name\":\"Ann\"}"));
    }

    @Override
    public Future<List<UserStatus>> users(List<String> userIds) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Integer> disconnect(String userId, @Nullable String sessionId, CloseCode code) {
        disconnected.add(userId + " " + sessionId + " " + code);
        return Future.succeededFuture(2);
    }

    @Override
    public Future<Void> revokeUser(String userId, Instant before) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> revokeToken(String tokenId, Instant until) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Integer> subscribe(String userId, ChannelName channel) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Integer> unsubscribe(String userId, ChannelName channel) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<List<NodeInfo>> nodes() {
        throw new UnsupportedOperationException();
    }

    @Override
    public NodeInfo self() {
        return new NodeInfo(id, "1", "127.0.0.1:0", "", false, Instant.EPOCH, 0, 0, 0, 0, 0, 0, Instant.EPOCH);
    }

    @Override
    public Future<Void> revokeAll(String tenant, Instant before) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Integer> block(String userId, @Nullable Instant until) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> unblock(String userId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable Instant blockedUntil(String userId) {
        return null;
    }
}
