package dev.carillon.session;

import dev.carillon.auth.Identity;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Hub;
import dev.carillon.presence.UserSession;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.protocol.ServerFrame;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A client's life: it has a short time to say who it is, comes in by its {@link Entry}, and is heard until its socket
 * ends, its token runs out or it falls silent. What it asks for is done by its {@link Commands}. Confined to its event
 * loop.
 */
final class ClientSession extends Wheel.Timed implements Session {
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

    /** The tenant that it counts for; empty for none. */
    private String ofTenant = "";

    private volatile @Nullable Identity identity;
    private @Nullable Commands commands;

    /** While authenticating. */
    private @Nullable Entry entry;

    /** While an operator looks on. */
    private Tracing.@Nullable Tap tap;

    /** As it was counted in; null before. */
    private @Nullable UserSession counted;

    private final Deadlines deadlines;
    private final Intake intake;

    /** What it is counted out by at the door. */
    private final String cameFrom;

    /** When the session is closed because its node leaves. */
    private long leavesAt = Long.MAX_VALUE;

    ClientSession(Connection connection, SessionServices services, EventLoopServices loop) {
        this.connection = connection;
        this.services = services;
        this.loop = loop;
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        id = HexFormat.of().formatHex(random);
        deadlines = new Deadlines(
                services.heartbeat(), services.auth().timeout(), loop.ticker().getAsLong());
        intake = new Intake(
                services.limits(),
                services.tenants(),
                services.registry().shares(),
                loop.ticker().getAsLong());
        cameFrom = services.admission().came(connection.address());
        services.admission().idleBegan();
        services.registry().opened(this);
        services.listener().opened(connection.transport());
        loop.wheel().schedule(this, nextDue());
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String tenant() {
        Identity who = identity;
        return who == null ? "" : who.tenant();
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

    Intake intake() {
        return intake;
    }

    @Override
    public void read(int bytes) {
        alive();
        if (!intake.read(bytes, loop.ticker().getAsLong())) {
            end(CloseCode.TOO_MANY_MESSAGES);
        }
    }

    @Override
    public void alive() {
        deadlines.alive(loop.ticker().getAsLong());
    }

    @Override
    public void receive(ClientFrame frame) {
        alive();
        services.listener().received();
        if (tap != null) {
            tap.in(frame);
        }
        switch (state) {
            case SILENT -> {
                if (frame instanceof ClientFrame.Auth auth) {
                    state = State.AUTHENTICATING;
                    services.admission().idleEnded();
                    deadlines.saidWho(loop.ticker().getAsLong());
                    Entry entering = new Entry(this, services, loop, auth);
                    entry = entering;
                    entering.begin();
                } else {
                    unauthenticated(frame.id(), CloseCode.AUTHENTICATION_FAILED, "The first frame must be auth");
                }
            }
            case AUTHENTICATING -> {
                Entry entering = entry;
                if (entering != null) {
                    entering.await(frame);
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

    /** Who it is is known, and it is one of the user's connections: from here on its end is to be told to the cluster. */
    void countedIn(Identity who, UserSession asCounted, Commands toBeRun) {
        identity = who;
        counted = asCounted;
        commands = toBeRun;
        services.registry().add(who.userKey(), this);
        lookOn();
    }

    /** Operators look on, or do no longer. On the session's event loop. */
    private void lookOn() {
        Identity who = identity;
        tap = who == null || state == State.CLOSED ? null : services.tracing().tap(who.userKey(), id);
        connection.tap(tap);
    }

    /** Asks again whether operators look on. Safe on any thread. */
    void lookOnAgain() {
        loop.loop().execute(this::lookOn);
    }

    /** How the session stands; null if it is closed or not yet open. On its event loop. */
    @Nullable
    SessionReport report() {
        Identity who = identity;
        UserSession session = counted;
        Commands open = commands;
        if (state == State.CLOSED || who == null || session == null || open == null) {
            return null;
        }
        List<String> on = open.channelNames(false);
        long silent = loop.ticker().getAsLong() - deadlines.aliveAt();
        return new SessionReport(
                id,
                who.userId(),
                services.node(),
                session.device(),
                session.transport(),
                Instant.ofEpochMilli(session.sinceMillis()),
                services.clock().instant().minusMillis(silent),
                who.tokenId(),
                who.expiresAt(),
                on.size(),
                on.stream().limit(SessionReport.MAX_NAMES).toList(),
                open.channelNames(true).stream().limit(SessionReport.MAX_NAMES).toList());
    }

    /**
     * The client may send commands, and is pinged.
     *
     * @param returned whether it came with positions of an earlier session
     */
    void open(Identity who, boolean returned) {
        state = State.OPEN;
        entry = null;
        long interval = services.heartbeat().interval().toMillis();
        deadlines.open(loop.ticker().getAsLong(), ThreadLocalRandom.current().nextLong(interval) + 1);
        believeUntilExpiry(who);
        services.listener().authenticated(connection.transport(), returned);
    }

    /** Ends a session that is not to be believed. */
    void unauthenticated(long frameId, CloseCode code, String error) {
        send(new ServerFrame.AuthError(frameId, code, error));
        end(code);
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
        Duration grace = services.auth().grace();
        deadlines.believeUntil(
                now + Math.max(0, left.plus(grace).toMillis()),
                who.expiresAt().plus(grace).toEpochMilli());
        loop.wheel().schedule(this, nextDue());
    }

    // --- time

    @Override
    protected long due(long now) {
        if (state == State.CLOSED) {
            return -1;
        }
        if (now >= leavesAt) {
            end(CloseCode.DRAINING);
            return -1;
        }
        long resumedAt = loop.wheel().resumedAt();
        switch (deadlines.check(now, services.clock().millis(), resumedAt)) {
            case NOTHING -> {}
            case PING -> send(new ServerFrame.Ping());
            case UNAUTHENTICATED ->
                end(state == State.SILENT ? CloseCode.AUTHENTICATION_TIMEOUT : CloseCode.TRY_AGAIN_LATER);
            case DEAD -> end(CloseCode.NO_PONG);
            case EXPIRED -> end(CloseCode.TOKEN_EXPIRED);
        }
        return isClosed() ? -1 : nextDue();
    }

    private long nextDue() {
        return Math.min(leavesAt, deadlines.next(loop.wheel().resumedAt()));
    }

    // --- coming back

    /**
     * Counts itself in again and joins its channels again, in case it was dropped while this node was away. Done if it
     * is closed by then; fails if the cluster cannot be reached.
     */
    Future<Void> reassert() {
        Identity who = identity;
        UserSession session = counted;
        Commands open = commands;
        if (state == State.CLOSED || who == null || session == null || open == null) {
            return Future.succeededFuture();
        }
        Promise<Void> done = Promise.promise();
        loop.home(
                services.users()
                        .connect(
                                who.userKey(),
                                who.info(),
                                session,
                                services.limits().connectionsPerUser()),
                stays -> {
                    if (state == State.CLOSED) {
                        // Counted out before it was counted in again, perhaps.
                        countOut(who);
                        done.complete();
                    } else if (stays.failed()) {
                        done.fail(stays.cause());
                    } else if (!stays.result()) {
                        end(CloseCode.TOO_MANY_CONNECTIONS);
                        done.complete();
                    } else {
                        open.reassert().onComplete(done);
                    }
                });
        return done.future();
    }

    EventLoopServices loop() {
        return loop;
    }

    // --- the end

    /**
     * Sends the client to another node. One that moves by itself has the time that the frame names; any other is closed
     * as soon as its commands are answered, and in that time at the latest. Safe on any thread; again it does nothing.
     */
    void sendAway(ServerFrame.Reconnect elsewhere) {
        if (!loop.loop().inEventLoop()) {
            loop.loop().execute(() -> sendAway(elsewhere));
        } else if (state == State.OPEN) {
            leaveFor(elsewhere);
        } else {
            end(CloseCode.DRAINING);
        }
    }

    /** The same, for one that may stay: nothing happens unless the session is open. Safe on any thread. */
    void askToMove(ServerFrame.Reconnect elsewhere) {
        loop.loop().execute(() -> {
            if (state == State.OPEN) {
                leaveFor(elsewhere);
            }
        });
    }

    private void leaveFor(ServerFrame.Reconnect elsewhere) {
        if (leavesAt == Long.MAX_VALUE) {
            leavesAt = loop.ticker().getAsLong() + elsewhere.within().toMillis();
            loop.wheel().schedule(this, nextDue());
            send(elsewhere);
            idle();
        }
    }

    /** No command waits for its answer. */
    void idle() {
        if (leavesAt != Long.MAX_VALUE && !connection.movesByItself()) {
            // Later, because the last answer is about to be written.
            loop.loop().execute(() -> {
                if (state == State.OPEN && commands().isIdle()) {
                    end(CloseCode.DRAINING);
                }
            });
        }
    }

    /** Ends the session if its peer hung up. Safe on any thread. */
    void closeIfHungUp() {
        loop.loop().execute(connection::closeIfHungUp);
    }

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
        if (state == State.SILENT) {
            services.admission().idleEnded();
        }
        state = State.CLOSED;
        services.admission().left(cameFrom);
        leaveTenant();
        if (tap != null) {
            tap.closed(connection.closeCode());
            lookOn();
        }
        Entry entering = entry;
        if (entering != null) {
            entry = null;
            entering.abandon();
        }
        loop.wheel().cancel(this);
        services.listener().closed(connection.transport(), connection.closeCode());
        Identity who = identity;
        if (who != null) {
            services.registry().remove(who.userKey(), this);
            if (commands != null) {
                commands.close();
            }
            countOut(who);
        }
        // Last, so that there is no moment in which this node seems to have nothing left to do.
        services.registry().closed(this);
    }

    /** Whether there is room for one more session of its tenant, which then counts. */
    boolean enterTenant(String tenant) {
        boolean may = services.admission().cameOf(tenant);
        ofTenant = may ? tenant : "";
        return may;
    }

    private void leaveTenant() {
        services.admission().leftOf(ofTenant);
        ofTenant = "";
    }

    void countOut(Identity who) {
        services.registry()
                .clearing(loop.insist(
                        "counting out session " + id, () -> services.users().disconnect(who.userKey(), id)));
    }

    void send(ServerFrame frame) {
        if (frame instanceof ServerFrame.Error error) {
            services.listener().refused(error.code());
        }
        if (tap != null) {
            tap.out(frame);
        }
        connection.send(frame);
    }

    /** Something that names a channel was refused. */
    void refused(ServerFrame.Error error) {
        Identity who = identity;
        if (who != null && !error.channel().isEmpty()) {
            services.tracing().refused(error, who, id);
        }
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
