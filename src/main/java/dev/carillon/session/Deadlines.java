package dev.carillon.session;

import dev.carillon.config.HeartbeatSettings;
import java.time.Duration;

/**
 * What a session's time runs out for: saying who it is, the next ping, a sign of life, its token. Moments are
 * milliseconds on the loop's clock, which only goes forward; a token ends by the time of day as well, because that clock
 * may stand still while the machine sleeps. Confined to the session's event loop.
 */
final class Deadlines {
    /** What is to be done now. */
    enum Due {
        NOTHING,
        PING,
        /** The client did not say who it is. */
        UNAUTHENTICATED,
        /** No sign of life for the interval between pings and the timeout together. */
        DEAD,
        /** The token and the grace after it have run out. */
        EXPIRED
    }

    /** Longer than owners are asked again, with a queue of others before it. */
    private static final long ENTRY_MILLIS = 30_000;

    private final long intervalMillis;
    private final long timeoutMillis;
    private final long authMillis;
    private boolean open;
    private long aliveAt;
    private long pingAt;
    private long endsAt;
    private long expiresAtMillis;

    /** @param authTimeout time that the client has to say who it is */
    Deadlines(HeartbeatSettings heartbeat, Duration authTimeout, long now) {
        intervalMillis = heartbeat.interval().toMillis();
        timeoutMillis = heartbeat.timeout().toMillis();
        authMillis = authTimeout.toMillis();
        aliveAt = now;
        endsAt = now + authMillis;
    }

    void alive(long now) {
        aliveAt = now;
    }

    /** When the client was heard last. */
    long aliveAt() {
        return aliveAt;
    }

    /** The client said who it is: from here on it is the node that takes its time. */
    void saidWho(long now) {
        endsAt = now + ENTRY_MILLIS;
    }

    /**
     * The client is authenticated.
     *
     * @param firstPing time until the first ping; spread, so that a node's clients do not all answer at once
     */
    void open(long now, long firstPing) {
        open = true;
        aliveAt = now;
        pingAt = now + firstPing;
    }

    /** Until when the client is believed, on the loop's clock and as the time of day. */
    void believeUntil(long ends, long expiresAtTimeOfDay) {
        endsAt = ends;
        expiresAtMillis = expiresAtTimeOfDay;
    }

    /**
     * What is due. After a ping was due the next one is an interval away.
     *
     * @param resumedAt when the loop went on after it stood still last: what a client said meanwhile waits to be read,
     *     so that its silence counts from then on only
     */
    Due check(long now, long timeOfDay, long resumedAt) {
        if (!open) {
            return now >= unauthenticatedAt(resumedAt) ? Due.UNAUTHENTICATED : Due.NOTHING;
        }
        if (now >= deadAt(resumedAt)) {
            return Due.DEAD;
        }
        if (now >= endsAt || timeOfDay >= expiresAtMillis) {
            return Due.EXPIRED;
        }
        if (now >= pingAt) {
            pingAt = now + intervalMillis;
            return Due.PING;
        }
        return Due.NOTHING;
    }

    /** When to check again. */
    long next(long resumedAt) {
        return open ? Math.min(pingAt, Math.min(endsAt, deadAt(resumedAt))) : unauthenticatedAt(resumedAt);
    }

    private long unauthenticatedAt(long resumedAt) {
        return Math.max(endsAt, resumedAt + authMillis);
    }

    private long deadAt(long resumedAt) {
        return Math.max(aliveAt + intervalMillis, resumedAt) + timeoutMillis;
    }
}
