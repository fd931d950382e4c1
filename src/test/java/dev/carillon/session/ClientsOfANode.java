package dev.carillon.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.auth.Identity;
import dev.carillon.channel.HubListener;
import dev.carillon.channel.Inbox;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Turn;
import dev.carillon.channel.WireForm;
import dev.carillon.config.AdmissionSettings;
import dev.carillon.config.AuthSettings;
import dev.carillon.config.BusSettings;
import dev.carillon.config.HeartbeatSettings;
import dev.carillon.config.LimitSettings;
import dev.carillon.config.TenantSettings;
import dev.carillon.presence.UserSession;
import dev.carillon.presence.UserStatus;
import dev.carillon.presence.UserStore;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ServerFrame;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** A node's sessions, on sockets that keep what they are sent, on a clock that the test moves. */
abstract class ClientsOfANode {
    static final String ADDRESS = "demo.slow";

    final SessionRegistry registry = new SessionRegistry();
    final Wheel wheel = new Wheel(0);
    final EmbeddedChannel channel = new EmbeddedChannel();
    final EventLoopServices loop = new EventLoopServices(
            channel.eventLoop(),
            new Inbox(null, name -> true, 0, HubListener.NONE).open(channel.eventLoop()),
            null,
            wheel,
            () -> ClientsOfANode.this.now);
    final List<Socket> sockets = new ArrayList<>();
    final List<Integer> told = new ArrayList<>();
    final List<NodeInfo> nodes = new ArrayList<>();
    Promise<Payload> answer = Promise.promise();
    Promise<Void> countedOut;
    int connectionsOfAUser = 1;
    long now;

    static NodeInfo node(String id, String url, int connections, boolean draining) {
        return new NodeInfo(id, "1", "h:1", url, draining, Instant.EPOCH, connections, 0, 0, 0, 0, 0, Instant.EPOCH);
    }

    void connect(int count, boolean moves) {
        for (int i = 0; i < count; i++) {
            Socket socket = open(moves);
            socket.session.receive(new ClientFrame.Auth(1, "user" + sockets.size(), List.of(), "", ""));
            assertThat(socket.session.isAuthenticated()).isTrue();
        }
    }

    Socket open(boolean moves) {
        Socket socket = new Socket(sockets.size(), moves);
        sockets.add(socket);
        socket.session = new ClientSession(socket, services(), loop);
        return socket;
    }

    List<Integer> closed() {
        return sockets.stream()
                .filter(socket -> socket.closed != null)
                .map(socket -> socket.number)
                .toList();
    }

    List<String> urls() {
        return told.stream()
                .flatMap(number -> sockets.get(number).sent.stream())
                .filter(ServerFrame.Reconnect.class::isInstance)
                .map(ServerFrame.Reconnect.class::cast)
                .map(ServerFrame.Reconnect::url)
                .toList();
    }

    SessionServices services() {
        return new SessionServices(
                "self",
                AuthSettings.DEFAULTS,
                HeartbeatSettings.DEFAULTS,
                () -> LimitSettings.DEFAULTS,
                TenantSettings.DEFAULTS,
                new BusSettings("127.0.0.1", 0, Map.of(), List.of(ADDRESS), List.of(), List.of()),
                Map.of(),
                new DataRules(Map.of()),
                new ClientSessionTest.Believer(),
                identity -> false,
                null,
                null,
                null,
                new Users(),
                (Identity who, String session, String address, Payload data, Duration timeout, String trace) ->
                        answer.future(),
                null,
                registry,
                new Admission(AdmissionSettings.DEFAULTS, TenantSettings.DEFAULTS),
                SessionListener.NONE,
                Tracing.NONE,
                user -> {},
                () -> Instant.ofEpochMilli(now));
    }

    final class Socket extends Connection {
        final int number;
        final boolean moves;
        final List<ServerFrame> sent = new ArrayList<>();
        ClientSession session;
        CloseCode closed;

        Socket(int number, boolean moves) {
            this.number = number;
            this.moves = moves;
        }

        @Override
        public void send(ServerFrame frame) {
            sent.add(frame);
            if (frame instanceof ServerFrame.Reconnect) {
                told.add(number);
            }
        }

        @Override
        public boolean movesByItself() {
            return moves;
        }

        @Override
        public void close(CloseCode code) {
            closed = code;
        }

        @Override
        public String transport() {
            return "websocket";
        }

        @Override
        public WireForm form() {
            throw new AssertionError("no channels here");
        }

        @Override
        public void write(Turn turn) {
            throw new AssertionError("no channels here");
        }

        @Override
        public void flush() {}
    }

    final class Users implements UserStore {
        @Override
        public Future<Boolean> connect(String userId, String info, UserSession connecting, int limit) {
            return Future.succeededFuture(true);
        }

        @Override
        public Future<Void> disconnect(String userId, String sessionId) {
            return countedOut == null ? Future.succeededFuture() : countedOut.future();
        }

        @Override
        public Future<UserStatus> status(String userId) {
            List<UserSession> sessions = new ArrayList<>();
            for (int i = 0; i < connectionsOfAUser; i++) {
                sessions.add(new UserSession("s" + i, "self", "", "websocket", 0));
            }
            return Future.succeededFuture(new UserStatus(userId, true, sessions, 0, "{}"));
        }

        @Override
        public Future<List<UserStatus>> statuses(Collection<String> userIds) {
            throw new AssertionError("nobody asks");
        }
    }
}
