package dev.carillon.transport.websocket;

import dev.carillon.channel.Payload;
import dev.carillon.channel.StreamPosition;
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
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sessions that answer a publish with its data. The token {@code "late"} is believed a little later, and
 * {@code "refused"} is believed but its channels are not.
 */
final class EchoSessions implements SessionFactory {
    private final BlockingQueue<Echo> opened = new LinkedBlockingQueue<>();

    @Override
    public Session open(Connection connection) {
        Echo session = new Echo(connection);
        opened.add(session);
        return session;
    }

    void forget() {
        opened.clear();
    }

    Echo next() throws InterruptedException {
        Echo session = opened.poll(30, TimeUnit.SECONDS);
        if (session == null) {
            throw new AssertionError("no session was opened");
        }
        return session;
    }

    static final class Echo implements Session {
        final Connection connection;
        final Context context = Vertx.currentContext();
        final CompletableFuture<Void> closed = new CompletableFuture<>();
        final AtomicInteger closes = new AtomicInteger();
        final List<ClientFrame> received = new ArrayList<>();
        final CompletableFuture<ClientFrame.Auth> auth = new CompletableFuture<>();
        volatile boolean authenticated;

        Echo(Connection connection) {
            this.connection = connection;
        }

        @Override
        public String id() {
            return "echo";
        }

        @Override
        public boolean isAuthenticated() {
            return authenticated;
        }

        @Override
        public void receive(ClientFrame frame) {
            if (Vertx.currentContext() != context) {
                throw new AssertionError("not on the session's context");
            }
            received.add(frame);
            if (frame instanceof ClientFrame.Auth command) {
                auth.complete(command);
                if (command.token().equals("late")) {
                    context.owner().setTimer(1, fired -> authenticated(command));
                } else {
                    authenticated(command);
                }
            } else if (frame instanceof ClientFrame.Ping ping) {
                connection.send(new ServerFrame.Pong(ping.id()));
            } else if (!authenticated) {
                connection.close(CloseCode.AUTHENTICATION_FAILED);
            } else if (frame instanceof ClientFrame.Publish publish) {
                connection.send(new ServerFrame.Reply(publish.id(), reply(publish.data())));
                if (publish.id() == 0) {
                    connection.send(
                            new ServerFrame.Error(0, publish.channel(), 300, publish.channel(), false, Duration.ZERO));
                }
            } else if (frame instanceof ClientFrame.Refresh) {
                throw new IllegalStateException("a fault of the node's own");
            }
        }

        private static Payload reply(Payload data) {
            return data.isBinary()
                    ? Payload.json(
                            "{\"meta\":" + Payload.json(data.json()).size() + ",\"bytes\":" + data.bytes().length + "}")
                    : data;
        }

        private void authenticated(ClientFrame.Auth command) {
            List<ServerFrame.Subscribed> subscribed = new ArrayList<>();
            List<ServerFrame.Error> refused = new ArrayList<>();
            for (ClientFrame.Subscribe subscribe : command.subscribe()) {
                if (command.token().equals("refused")) {
                    ErrorCode code = ErrorCode.PERMISSION_DENIED;
                    refused.add(new ServerFrame.Error(
                            0, subscribe.channel(), code.code(), code.phrase(), false, Duration.ZERO));
                } else {
                    subscribed.add(new ServerFrame.Subscribed(
                            0, subscribe.channel(), new StreamPosition("e", 0), false, List.of()));
                }
            }
            connection.send(new ServerFrame.AuthSuccess(
                    command.id(),
                    "echo",
                    "u",
                    Instant.EPOCH,
                    Instant.EPOCH,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10),
                    "n",
                    subscribed,
                    refused));
            authenticated = true;
        }

        @Override
        public void refused(ProtocolException reason) {
            connection.send(ServerFrame.Error.of(reason));
        }

        @Override
        public void alive() {}

        @Override
        public void closed() {
            closes.incrementAndGet();
            closed.complete(null);
        }
    }
}
