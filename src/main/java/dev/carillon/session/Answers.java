package dev.carillon.session;

import dev.carillon.auth.Identity;
import dev.carillon.channel.OverloadedException;
import dev.carillon.channel.UnavailableException;
import dev.carillon.config.LimitSettings;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.protocol.ServerFrame;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One answer to each command of a session: what waits for one, how many may, and how fast they may come. Confined to the
 * session's event loop.
 */
final class Answers {
    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

    private final ClientSession session;
    private final LimitSettings limits;
    private final EventLoopServices loop;
    private final Intake intake;

    /** Ids of commands that wait for their reply. */
    private final Set<Long> waiting = new HashSet<>(2);

    private int inFlight;

    Answers(ClientSession session, LimitSettings limits, Intake intake, EventLoopServices loop) {
        this.session = session;
        this.limits = limits;
        this.loop = loop;
        this.intake = intake;
    }

    /** Whether a frame is within the rate; if not, it has been answered, or the session ended. */
    boolean withinRate(Identity who, long id) {
        long wait = intake.take(who, loop.ticker().getAsLong());
        if (wait == Intake.GOES_ON) {
            session.end(CloseCode.TOO_MANY_MESSAGES);
        } else if (wait > 0) {
            session.send(rateLimited(id, wait));
        }
        return wait == 0;
    }

    /** The answer to what came too fast. */
    static ServerFrame.Error rateLimited(long id, long waitMillis) {
        ErrorCode code = ErrorCode.RATE_LIMITED;
        return new ServerFrame.Error(
                id, "", code.code(), code.phrase(), code.temporary(), Duration.ofMillis(waitMillis));
    }

    /**
     * Begins a command that is answered later.
     *
     * @throws ProtocolException if too many are under way, or the id is of one of them
     */
    void begin(long id) {
        if (inFlight >= limits.commandsInFlight()) {
            throw new ProtocolException(ErrorCode.RATE_LIMITED, id);
        }
        if (id != 0 && !waiting.add(id)) {
            throw ProtocolException.field("id", id, "is of a command that still waits for its reply");
        }
        inFlight++;
    }

    /** Ends a command with its reply, or with nothing if it has no id. */
    private void reply(long id, ServerFrame frame) {
        done(id);
        if (id != 0) {
            session.send(frame);
        }
    }

    /** Ends a command with what went wrong. */
    void fail(long id, String channel, Throwable cause) {
        done(id);
        ServerFrame.Error error = error(id, cause);
        ServerFrame.Error told =
                new ServerFrame.Error(id, channel, error.code(), error.error(), error.temporary(), error.retryAfter());
        session.refused(told);
        session.send(told);
    }

    /** Ends a command that answers by itself. */
    void done(long id) {
        inFlight--;
        if (id != 0) {
            waiting.remove(id);
        }
        if (inFlight == 0) {
            session.idle();
        }
    }

    /** Whether no command waits for its answer. */
    boolean isIdle() {
        return inFlight == 0;
    }

    /** What the peer is told of a failure. The cause is logged once, if the peer cannot mend it. */
    ServerFrame.Error error(long id, Throwable cause) {
        if (cause instanceof ProtocolException refused) {
            return ServerFrame.Error.of(
                    new ProtocolException(refused.code(), id, String.valueOf(refused.getMessage())));
        } else if (cause instanceof OverloadedException overloaded) {
            return rateLimited(id, overloaded.retryAfter().toMillis());
        } else if (cause instanceof UnavailableException) {
            LOG.atDebug()
                    .addKeyValue("session", session.id())
                    .setCause(cause)
                    .log("session {}: unavailable", session.id());
            return ServerFrame.Error.of(id, ErrorCode.UNAVAILABLE);
        } else if (cause instanceof Requests.RequestFailure failure) {
            return new ServerFrame.Error(
                    id,
                    "",
                    failure.code(),
                    String.valueOf(failure.getMessage()),
                    failure.code() < ErrorCode.BAD_REQUEST.code(),
                    Duration.ZERO);
        }
        LOG.atError()
                .addKeyValue("session", session.id())
                .setCause(cause)
                .log("session {}: a command failed", session.id());
        return ServerFrame.Error.of(id, ErrorCode.INTERNAL);
    }

    /** Answers with what a future brings, on this loop, unless the session ended meanwhile. */
    <T> void answer(long id, String channel, Future<T> future, Function<T, ServerFrame> reply) {
        loop.home(future, done -> {
            if (session.isClosed()) {
                return;
            }
            if (done.succeeded()) {
                reply(id, reply.apply(done.result()));
            } else {
                fail(id, channel, done.cause());
            }
        });
    }
}
