package dev.carillon.session;

import dev.carillon.auth.AuthException;
import dev.carillon.auth.Identity;
import dev.carillon.channel.Hub;
import dev.carillon.presence.UserSession;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ServerFrame;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's way in, from its {@code auth} to the welcome: it waits for its turn, its token is verified, its connection
 * counted in, its first channels joined. Gone once the session is open or closed. Confined to the session's event loop.
 */
final class Entry {
    private static final Logger LOG = LoggerFactory.getLogger(Entry.class);

    /** Longer than it takes to count out those that went, unless they were thousands. */
    static final long AGAIN_MILLIS = 1_500;

    /** Less than clients wait for their welcome. */
    static final int MOST_ATTEMPTS = 5;

    private final ClientSession session;
    private final SessionServices services;
    private final EventLoopServices loop;
    private final ClientFrame.Auth auth;

    /** Of those that are being let in. */
    private Turnstile.@Nullable Passage turn;

    /** Whether the session was opened or closed: what is still under way is then undone. */
    private boolean over;

    /** From when the token is believed until the connection is counted in and they are the session's. */
    private @Nullable Commands uncounted;

    /** What came meanwhile, in order. */
    private @Nullable Queue<ClientFrame> early;

    Entry(ClientSession session, SessionServices services, EventLoopServices loop, ClientFrame.Auth auth) {
        this.session = session;
        this.services = services;
        this.loop = loop;
        this.auth = auth;
    }

    /** Verifies the token as soon as those who came before have been let in; refuses it if they come too fast. */
    void begin() {
        long wait = services.admission().login(session.connection().address(), resumes());
        if (wait == 0) {
            queue();
        } else {
            session.send(Answers.rateLimited(auth.id(), Math.max(0, wait)));
            session.end(wait == Admission.GOES_ON ? CloseCode.TOO_MANY_MESSAGES : CloseCode.TRY_AGAIN_LATER);
        }
    }

    private boolean resumes() {
        return auth.subscribe().stream().anyMatch(subscribe -> subscribe.since() != null);
    }

    private void queue() {
        loop.arrivals().enter(let -> {
            if (over) {
                let.ended();
            } else {
                turn = let;
                verify();
            }
        });
    }

    /** Keeps a frame until the session is open. */
    void await(ClientFrame frame) {
        Queue<ClientFrame> waiting = early == null ? new ArrayDeque<>(4) : early;
        early = waiting;
        if (waiting.size() < services.limits().commandsInFlight()
                && !session.intake().owes(loop.ticker().getAsLong())) {
            waiting.add(frame);
        } else {
            session.send(ServerFrame.Error.of(frame.id(), ErrorCode.RATE_LIMITED));
        }
    }

    /** The session is closed. */
    void abandon() {
        early = null;
        over = true;
        Commands joining = uncounted;
        if (joining != null) {
            uncounted = null;
            joining.close();
        }
        passOn();
    }

    private void verify() {
        loop.home(services.authenticator().authenticate(auth.token()), verified -> {
            if (over) {
                return;
            }
            if (verified.succeeded()) {
                countIn(verified.result());
            } else {
                notBelieved(verified.cause());
            }
        });
    }

    private void notBelieved(Throwable cause) {
        if (resumes()) {
            services.admission().pretended(session.connection().address());
        }
        if (cause instanceof AuthException refused) {
            CloseCode code =
                    switch (refused.kind()) {
                        case INVALID, EXPIRED -> CloseCode.AUTHENTICATION_FAILED;
                        case REVOKED -> CloseCode.UNAUTHORIZED;
                        case BUSY -> CloseCode.TRY_AGAIN_LATER;
                    };
            session.unauthenticated(auth.id(), code, String.valueOf(refused.getMessage()));
        } else {
            LOG.atError()
                    .addKeyValue("session", session.id())
                    .setCause(cause)
                    .log("session {}: a token could not be verified", session.id());
            session.end(CloseCode.INTERNAL_ERROR);
        }
    }

    // The user's owner and that of the personal channel are asked at the same time.
    private void countIn(Identity who) {
        if (!session.enterTenant(who.tenant())) {
            session.end(CloseCode.TOO_MANY_CONNECTIONS);
            return;
        }
        Commands commands = new Commands(session, services, loop, who);
        uncounted = commands;
        Future<Hub.Joining> personal = commands.joinPersonalEarly(auth.subscribe());
        UserSession counted = new UserSession(
                session.id(),
                services.node(),
                auth.clientName(),
                session.connection().transport(),
                services.clock().millis());
        connect(new Counting(who, counted, commands, personal), 1);
    }

    private record Counting(
            Identity who,
            UserSession session,
            Commands commands,
            @Nullable Future<Hub.Joining> personal) {}

    /**
     * One too many is counted once more a moment later, and again as long as others wait here to be counted out: those
     * that it replaces may be among them, here or on another node. Of those that hung up and are not closed yet it is the
     * user's turn now.
     */
    private void connect(Counting counting, int attempt) {
        String userKey = counting.who.userKey();
        int limit = services.limits().connectionsPerUser();
        services.registry().began();
        loop.home(services.users().connect(userKey, counting.who.info(), counting.session, limit), outcome -> {
            if (outcome.succeeded() && !outcome.result() && !over && mayBeCountedAgain(attempt)) {
                passOn();
                if (attempt == 1) {
                    services.leftovers().accept(userKey);
                }
                loop.loop().schedule(() -> connectAgain(counting, attempt + 1), AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            } else {
                countedIn(counting, outcome);
            }
            services.registry().ended();
        });
    }

    private boolean mayBeCountedAgain(int attempt) {
        return attempt == 1 || (attempt < MOST_ATTEMPTS && loop.insistence().waitingForTurn() > 0);
    }

    private void connectAgain(Counting counting, int attempt) {
        if (!over) {
            connect(counting, attempt);
        }
    }

    private void passOn() {
        if (turn != null) {
            turn.ended();
        }
    }

    private void countedIn(Counting counting, AsyncResult<Boolean> outcome) {
        Identity who = counting.who;
        if (over) {
            if (outcome.failed() || outcome.result()) {
                session.countOut(who);
            }
        } else if (outcome.failed()) {
            // It may have happened all the same.
            session.countOut(who);
            session.send(ServerFrame.Error.of(auth.id(), ErrorCode.UNAVAILABLE));
            session.end(CloseCode.TRY_AGAIN_LATER);
        } else if (!outcome.result()) {
            session.end(CloseCode.TOO_MANY_CONNECTIONS);
        } else {
            uncounted = null;
            session.countedIn(who, counting.session, counting.commands);
            if (services.revoked().test(who)) {
                // Between the verification and here, where whoever revokes would have looked for it.
                session.unauthenticated(auth.id(), CloseCode.UNAUTHORIZED, "Token revoked");
                return;
            }
            counting.commands.subscribeFirst(
                    auth.subscribe(), counting.personal, (joined, refused) -> welcome(who, joined, refused));
        }
    }

    private void welcome(Identity who, List<Hub.Joining> joined, List<ServerFrame.Error> refused) {
        if (over) {
            return;
        }
        over = true;
        List<Hub.Joining> subscribed = withinOneFrame(joined);
        session.open(who, auth.subscribe().stream().anyMatch(asked -> asked.since() != null));
        session.send(new ServerFrame.AuthSuccess(
                auth.id(),
                session.id(),
                who.userId(),
                services.clock().instant(),
                who.expiresAt(),
                services.heartbeat().interval(),
                services.heartbeat().timeout(),
                services.node(),
                subscribed.stream()
                        .map(joining -> ClientSession.subscribed(0, joining))
                        .toList(),
                refused));
        subscribed.forEach(loop.hub()::goLive);
        if (turn != null) {
            turn.succeeded();
        }
        Queue<ClientFrame> waiting = early;
        if (waiting != null) {
            waiting.forEach(session::receive);
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
}
