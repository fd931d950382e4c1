package dev.carillon.testing;

import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.Turns;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.protocol.ServerFrame;
import dev.carillon.session.Connection;
import dev.carillon.session.Session;
import dev.carillon.session.SessionFactory;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Sessions and channels of one event loop, in memory, for tests of transports. A token {@code token-alice} is alice's;
 * every other is refused. {@code tick} is ephemeral, nobody may subscribe or publish to {@code secret}, and other
 * namespaces keep everything. Answers to {@code auth} and {@code subscribe} come in a later task, as a cluster's would.
 */
public final class MemoryGateway implements SessionFactory {
    public static final Set<String> NAMESPACES = Set.of("lobby", "feed", "tick", "secret", "drop", "latest");
    public static final String EPOCH = "e1";

    /** Signs of life that were no command. */
    public final AtomicInteger alive = new AtomicInteger();

    /** Ids of sessions whose socket is gone. */
    public final BlockingQueue<String> ended = new LinkedBlockingQueue<>();

    /** Commands, in the order they came. */
    public final BlockingQueue<ClientFrame> commands = new LinkedBlockingQueue<>();

    private final Map<String, List<Publication>> streams = new HashMap<>();
    private final Map<String, Set<Connection>> subscribers = new HashMap<>();
    private final Set<MemorySession> sessions = new LinkedHashSet<>();
    private volatile @Nullable Context context;

    @Override
    public Session open(Connection connection) {
        context = Vertx.currentContext();
        MemorySession session = new MemorySession(connection);
        sessions.add(session);
        return session;
    }

    /** Runs something on the event loop of the sessions. */
    public void run(Runnable task) {
        Context loop = context;
        if (loop == null) {
            throw new IllegalStateException("no session was opened yet");
        }
        loop.runOnContext(now -> task.run());
    }

    /** Waits until the event loop has done what it was given. */
    public void settle() throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        run(() -> done.complete(null));
        done.get(30, TimeUnit.SECONDS);
    }

    /** Publishes as a server does. */
    public void publish(String channel, String json) {
        run(() -> append(channel, Payload.json(json), null, null));
    }

    /** Brings events to a channel's subscribers in one turn. */
    public void deliver(String channel, List<? extends ChannelEvent> events) {
        run(() -> deliver(subscribersOf(channel), events));
    }

    private static void deliver(List<Connection> connections, List<? extends ChannelEvent> events) {
        connections.forEach(connection -> Turns.deliver(connection, events));
    }

    private List<Connection> subscribersOf(String channel) {
        return List.copyOf(subscribers.getOrDefault(channel, Set.of()));
    }

    /** Tells every client something. */
    public void tell(ServerFrame frame) {
        run(() -> List.copyOf(sessions).forEach(session -> session.connection.send(frame)));
    }

    public void close(CloseCode code) {
        run(() -> List.copyOf(sessions).forEach(session -> session.connection.close(code)));
    }

    /** Tells every subscriber of a channel that its stream has a hole. */
    public void lose(String channel) {
        run(() -> List.copyOf(subscribers.getOrDefault(channel, Set.of()))
                .forEach(connection -> connection.positionLost(new ChannelName(channel))));
    }

    private StreamPosition position(String channel) {
        return channel.startsWith("tick")
                ? StreamPosition.NONE
                : new StreamPosition(
                        EPOCH, streams.getOrDefault(channel, List.of()).size());
    }

    private Ack append(String channel, Payload data, @Nullable String userId, @Nullable String traceparent) {
        List<Publication> stream = streams.computeIfAbsent(channel, name -> new ArrayList<>());
        StreamPosition position = channel.startsWith("tick")
                ? StreamPosition.NONE
                : new StreamPosition(EPOCH, position(channel).offset() + 1);
        Publication publication =
                new Publication(new ChannelName(channel), position, data, userId, 1_700_000_000_000L, traceparent);
        stream.add(publication);
        // Who subscribes between now and then recovers it.
        List<Connection> connections = subscribersOf(channel);
        run(() -> deliver(connections, List.of(publication)));
        return new Ack(position, false);
    }

    private ServerFrame.Subscribed subscribe(Connection connection, ClientFrame.Subscribe wanted) {
        subscribers
                .computeIfAbsent(wanted.channel(), name -> new LinkedHashSet<>())
                .add(connection);
        StreamPosition since = wanted.since();
        boolean recovered = since != null && since.epoch().equals(EPOCH);
        List<Publication> stream = streams.getOrDefault(wanted.channel(), List.of());
        return new ServerFrame.Subscribed(
                wanted.id(),
                wanted.channel(),
                position(wanted.channel()),
                recovered,
                recovered && since != null
                        ? List.copyOf(stream.subList((int) since.offset(), stream.size()))
                        : List.of());
    }

    private final class MemorySession implements Session {
        private final String id = UUID.randomUUID().toString();
        private final Connection connection;
        private final Map<String, Ack> keys = new HashMap<>();
        private final Set<String> channels = new LinkedHashSet<>();
        private @Nullable String userId;
        private boolean closed;

        MemorySession(Connection connection) {
            this.connection = connection;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public boolean isAuthenticated() {
            return userId != null;
        }

        @Override
        public void receive(ClientFrame frame) {
            commands.add(frame);
            if (frame instanceof ClientFrame.Auth auth) {
                run(() -> authenticate(auth));
            } else if (userId == null) {
                connection.send(
                        new ServerFrame.AuthError(frame.id(), CloseCode.AUTHENTICATION_FAILED, "not authenticated"));
                connection.close(CloseCode.AUTHENTICATION_FAILED);
            } else if (frame instanceof ClientFrame.Subscribe wanted) {
                run(() -> subscribe(wanted));
            } else if (frame instanceof ClientFrame.Unsubscribe unwanted) {
                leave(unwanted.channel());
                connection.send(new ServerFrame.Unsubscribed(
                        unwanted.id(), unwanted.channel(), ServerFrame.Unsubscribed.ASKED_FOR, "asked for"));
            } else if (frame instanceof ClientFrame.Publish publish) {
                publish(publish);
            } else if (frame instanceof ClientFrame.Refresh refresh) {
                connection.send(new ServerFrame.Refreshed(refresh.id(), Instant.now()));
            }
        }

        private void authenticate(ClientFrame.Auth auth) {
            if (closed) {
                return;
            }
            if (!auth.token().startsWith("token-")) {
                connection.send(new ServerFrame.AuthError(auth.id(), CloseCode.AUTHENTICATION_FAILED, "Invalid token"));
                connection.close(CloseCode.AUTHENTICATION_FAILED);
                return;
            }
            String user = auth.token().substring("token-".length());
            userId = user;
            List<ServerFrame.Subscribed> subscribed = new ArrayList<>();
            List<ServerFrame.Error> refused = new ArrayList<>();
            List<ClientFrame.Subscribe> all = new ArrayList<>(auth.subscribe());
            all.add(new ClientFrame.Subscribe(0, "user:" + user, null, null));
            for (ClientFrame.Subscribe wanted : all) {
                if (wanted.channel().startsWith("secret")) {
                    refused.add(denied(0, wanted.channel()));
                } else if (channels.add(wanted.channel())) {
                    subscribed.add(MemoryGateway.this.subscribe(connection, wanted));
                }
            }
            connection.send(new ServerFrame.AuthSuccess(
                    auth.id(),
                    id,
                    user,
                    Instant.now(),
                    Instant.now().plusSeconds(60),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10),
                    "node",
                    subscribed,
                    refused));
        }

        private void subscribe(ClientFrame.Subscribe wanted) {
            if (closed) {
                return;
            }
            if (wanted.channel().startsWith("secret")) {
                connection.send(denied(wanted.id(), wanted.channel()));
            } else if (!channels.add(wanted.channel())) {
                connection.send(ServerFrame.Error.of(wanted.id(), ErrorCode.ALREADY_SUBSCRIBED));
            } else {
                connection.send(MemoryGateway.this.subscribe(connection, wanted));
            }
        }

        private void publish(ClientFrame.Publish publish) {
            if (publish.channel().startsWith("secret")) {
                connection.send(denied(publish.id(), publish.channel()));
                return;
            }
            String key = publish.key();
            Ack first = key == null ? null : keys.get(key);
            Ack ack = first != null
                    ? new Ack(first.position(), true)
                    : append(publish.channel(), publish.data(), userId, publish.traceparent());
            if (key != null) {
                keys.putIfAbsent(key, ack);
            }
            connection.send(new ServerFrame.Acknowledged(publish.id(), publish.channel(), ack));
        }

        @Override
        public void refused(ProtocolException reason) {
            connection.send(ServerFrame.Error.of(reason));
        }

        @Override
        public void alive() {
            alive.incrementAndGet();
        }

        @Override
        public void closed() {
            if (!closed) {
                closed = true;
                List.copyOf(channels).forEach(this::leave);
                sessions.remove(this);
                ended.add(id);
            }
        }

        private void leave(String channel) {
            channels.remove(channel);
            subscribers.getOrDefault(channel, new LinkedHashSet<>()).remove(connection);
        }

        private ServerFrame.Error denied(long commandId, String channel) {
            ErrorCode code = ErrorCode.PERMISSION_DENIED;
            return new ServerFrame.Error(commandId, channel, code.code(), code.phrase(), false, Duration.ZERO);
        }
    }
}
