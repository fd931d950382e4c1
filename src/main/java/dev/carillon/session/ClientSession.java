package dev.carillon.session;

import dev.carillon.auth.AuthException;
import dev.carillon.auth.Identity;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Hub;
import dev.carillon.presence.UserSession;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.protocol.ServerFrame;
import io.vertx.core.AsyncResult;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's life: it has a short time to say who it is, is then counted in and heard until its socket ends, its token
 * runs out or it falls silent. What it asks for is done by its {@link Commands}. Confined to its event loop.
 */
final class ClientSession extends Wheel.Timed implements Session {
    private static final Logger LOG = LoggerFactory.getLogger(ClientSession.class);
    private static final SecureRandom RANDOM = new SecureRandom();

    private enum State {
        /** Nothing has been said yet. */
        SILENT,
        /** The token is being verified, the connection counted in. */
        AUTHENTICATING,
        OPEN,
        CLOSED
    }

    private final Connection connection;
    private final SessionServices services;
    private final EventLoopServices loop;
    private final String id;
    private State state = State.SILENT;
    private volatile @Nullable Identity identity;
    private @Nullable Commands commands;

    /** What came while authenticating, in order. */
    private @Nullable Queue<ClientFrame> early;

    private long aliveAt;
    private long pingAt;

    /** When the session has to be authenticated or, later, when its token and the grace after it run out. */
    private long endsAt;

    ClientSession(Connection connection, SessionServices services, EventLoopServices loop) {
        this.connection = connection;
        this.services = services;
        this.loop = loop;
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        id = HexFormat.of().formatHex(random);
        aliveAt = loop.ticker().getAsLong();
        endsAt = aliveAt + services.auth().timeout().toMillis();
        services.registry().opened();
        services.listener().opened(connection.transport());
        loop.wheel().schedule(this, endsAt);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public boolean isAuthenticated() {
        return state == State.OPEN;
    }

    /** Who the client is; null before it authenticated. Safe on any thread. */
    @Nullable
    Identity identity() {
        return identity;
    }

    Connection connection() {
        return connection;
    }

    @Override
    public void alive() {
        aliveAt = loop.ticker().getAsLong();
    }

    @Override
    public void receive(ClientFrame frame) {
        alive();
        switch (state) {
            case SILENT -> {
                if (frame instanceof ClientFrame.Auth auth) {
                    authenticate(auth);
                } else {
                    unauthenticated(frame.id(), CloseCode.AUTHENTICATION_FAILED, "The first frame must be auth");
                }
            }
            case AUTHENTICATING -> {
                Queue<ClientFrame> waiting = early == null ? new ArrayDeque<>(4) : early;
                early = waiting;
                if (waiting.size() < services.limits().commandsInFlight()) {
                    waiting.add(frame);
                } else {
                    send(ServerFrame.Error.of(frame.id(), ErrorCode.RATE_LIMITED));
                }
            }
            case OPEN -> commands().run(frame);
            case CLOSED -> {}
        }
    }

    @Override
    public void refused(ProtocolException reason) {
        alive();
        switch (state) {
            case SILENT -> {
                send(ServerFrame.Error.of(reason));
                end(CloseCode.AUTHENTICATION_FAILED);
            }
            case OPEN -> commands().refused(reason);
            case AUTHENTICATING -> send(ServerFrame.Error.of(reason));
            case CLOSED -> {}
        }
    }

    private Commands commands() {
        Commands open = commands;
        if (open == null) {
            throw new IllegalStateException("not open");
        }
        return open;
    }

    // --- saying who one is

    private void authenticate(ClientFrame.Auth auth) {
        state = State.AUTHENTICATING;
        loop.home(services.authenticator().authenticate(auth.token()), verified -> {
            if (state != State.AUTHENTICATING) {
                return;
            }
            if (verified.succeeded()) {
                countIn(auth, verified.result());
            } else {
                notBelieved(auth.id(), verified.cause());
            }
        });
    }

    private void notBelieved(long frameId, Throwable cause) {
        if (cause instanceof AuthException refused) {
            CloseCode code =
                    switch (refused.kind()) {
                        case INVALID, EXPIRED -> CloseCode.AUTHENTICATION_FAILED;
                        case REVOKED -> CloseCode.UNAUTHORIZED;
                        case BUSY -> CloseCode.TRY_AGAIN_LATER;
                    };
            unauthenticated(frameId, code, String.valueOf(refused.getMessage()));
        } else {
            LOG.error("session {}: a token could not be verified", id, cause);
            end(CloseCode.INTERNAL_ERROR);
        }
    }

    private void unauthenticated(long frameId, CloseCode code, String error) {
        send(new ServerFrame.AuthError(frameId, code, error));
        end(code);
    }

    private void countIn(ClientFrame.Auth auth, Identity who) {
        UserSession session = new UserSession(
                id,
                services.node(),
                auth.clientName(),
                connection.transport(),
                services.clock().millis());
        loop.home(
                services.users()
                        .connect(
                                who.userId(),
                                who.info(),
                                session,
                                services.limits().connectionsPerUser()),
                counted -> countedIn(auth, who, counted));
    }

    private void countedIn(ClientFrame.Auth auth, Identity who, AsyncResult<Boolean> counted) {
        if (state != State.AUTHENTICATING) {
            if (counted.failed() || counted.result()) {
                countOut(who);
            }
        } else if (counted.failed()) {
            // It may have happened all the same.
            countOut(who);
            send(ServerFrame.Error.of(auth.id(), ErrorCode.UNAVAILABLE));
            end(CloseCode.TRY_AGAIN_LATER);
        } else if (!counted.result()) {
            end(CloseCode.TOO_MANY_CONNECTIONS);
        } else {
            identity = who;
            services.registry().add(who.userId(), this);
            Commands opened = new Commands(this, services, loop, who);
            commands = opened;
            if (services.revoked().test(who)) {
                // Between the verification and here, where whoever revokes would have looked for it.
                unauthenticated(auth.id(), CloseCode.UNAUTHORIZED, "Token revoked");
                return;
            }
            opened.subscribeFirst(auth.subscribe(), (subscribed, refused) -> welcome(auth, who, subscribed, refused));
        }
    }

    private void welcome(
            ClientFrame.Auth auth, Identity who, List<Hub.Joining> joined, List<ServerFrame.Error> refused) {
        if (state != State.AUTHENTICATING) {
            return;
        }
        List<Hub.Joining> subscribed = withinOneFrame(joined);
        state = State.OPEN;
        long now = loop.ticker().getAsLong();
        long interval = services.heartbeat().interval().toMillis();
        aliveAt = now;
        // Spread, so that a node's clients do not all answer at once after a restart.
        pingAt = now + ThreadLocalRandom.current().nextLong(interval) + 1;
        believeUntilExpiry(who);
        services.listener().authenticated(connection.transport());
        send(new ServerFrame.AuthSuccess(
                auth.id(),
                id,
                who.userId(),
                services.clock().instant(),
                who.expiresAt(),
                services.heartbeat().interval(),
                services.heartbeat().timeout(),
                services.node(),
                subscribed.stream().map(joining -> subscribed(0, joining)).toList(),
                refused));
        subscribed.forEach(loop.hub()::goLive);
        Queue<ClientFrame> waiting = early;
        early = null;
        if (waiting != null) {
            waiting.forEach(this::receive);
        }
    }

    /** All of it goes into one frame, so that what was missed on all channels together is bounded as on one. */
    private List<Hub.Joining> withinOneFrame(List<Hub.Joining> joined) {
        long left = services.limits().maxQueuedBytes();
        List<Hub.Joining> bounded = new ArrayList<>(joined.size());
        for (Hub.Joining joining : joined) {
            Hub.Joining fitting = joining.within(left);
            left -= fitting.recovery().bytes();
            bounded.add(fitting);
        }
        return bounded;
    }

    static ServerFrame.Subscribed subscribed(long frameId, Hub.Joining joining) {
        return new ServerFrame.Subscribed(
                frameId,
                joining.subscription().channel().value(),
                joining.recovery().position(),
                joining.recovery().recovered(),
                joining.recovery().missed());
    }

    /** A fresh token was believed. */
    void refreshed(Identity who) {
        identity = who;
        believeUntilExpiry(who);
    }

    private void believeUntilExpiry(Identity who) {
        long now = loop.ticker().getAsLong();
        Duration left = Duration.between(services.clock().instant(), who.expiresAt());
        endsAt = now + Math.max(0, left.plus(services.auth().grace()).toMillis());
        loop.wheel().schedule(this, nextDue());
    }

    // --- time

    @Override
    protected long due(long now) {
        if (state == State.CLOSED) {
            return -1;
        }
        if (state != State.OPEN) {
            if (now >= endsAt) {
                end(state == State.SILENT ? CloseCode.AUTHENTICATION_TIMEOUT : CloseCode.TRY_AGAIN_LATER);
                return -1;
            }
            return endsAt;
        }
        if (now >= deadAt()) {
            end(CloseCode.NO_PONG);
            return -1;
        }
        if (now >= endsAt) {
            end(CloseCode.TOKEN_EXPIRED);
            return -1;
        }
        if (now >= pingAt) {
            pingAt = now + services.heartbeat().interval().toMillis();
            send(new ServerFrame.Ping());
        }
        return nextDue();
    }

    private long deadAt() {
        return aliveAt
                + services.heartbeat().interval().toMillis()
                + services.heartbeat().timeout().toMillis();
    }

    private long nextDue() {
        return Math.min(pingAt, Math.min(endsAt, deadAt()));
    }

    // --- the end

    /** Ends the session with a code. Safe on any thread; again it does nothing. */
    void end(CloseCode code) {
        if (loop.loop().inEventLoop()) {
            if (state != State.CLOSED) {
                connection.close(code);
                closed();
            }
        } else {
            loop.loop().execute(() -> end(code));
        }
    }

    @Override
    public void closed() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        early = null;
        loop.wheel().cancel(this);
        services.registry().closed();
        services.listener().closed(connection.transport(), connection.closeCode());
        Identity who = identity;
        if (who != null) {
            services.registry().remove(who.userId(), this);
            if (commands != null) {
                commands.close();
            }
            countOut(who);
        }
    }

    private void countOut(Identity who) {
        loop.insist("counting out session " + id, () -> services.users().disconnect(who.userId(), id));
    }

    void send(ServerFrame frame) {
        if (frame instanceof ServerFrame.Error error) {
            services.listener().refused(error.code());
        }
        connection.send(frame);
    }

    void subscribeByServer(ChannelName channel) {
        loop.loop().execute(() -> {
            if (state == State.OPEN) {
                commands().subscribeByServer(channel);
            }
        });
    }

    void unsubscribeByServer(ChannelName channel) {
        loop.loop().execute(() -> {
            if (state == State.OPEN) {
                commands().unsubscribeByServer(channel);
            }
        });
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }
}
