package dev.carillon.verticle;

import dev.carillon.cluster.ClusterGateway;
import dev.carillon.cluster.ClusterNode;
import dev.carillon.config.DrainSettings;
import dev.carillon.protocol.CloseCode;
import dev.carillon.session.Drain;
import dev.carillon.session.SessionRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes leave of the clients of a node that stops or that an operator drains: tells the other nodes, empties this one by its {@link Drain}, and
 * waits until the cluster has taken note that the sessions are gone, so that nobody has to clean up after them.
 */
final class Farewell {
    private static final Logger LOG = LoggerFactory.getLogger(Farewell.class);

    private static final long STEP_MILLIS = 50;

    /** The other nodes should know before the first client comes to them, but a cluster that hangs keeps no node. */
    private static final long REPORT_BOUND_MILLIS = 1000;

    /** How long sockets have to close, and the cluster to take note, once the last client was sent away. */
    private static final long SETTLE_BOUND_MILLIS = 10_000;

    private final Vertx vertx;
    private final DrainSettings settings;
    private final SessionRegistry sessions;
    private final ClusterNode cluster;
    private final ClusterGateway gateway;
    private final Promise<Void> said = Promise.promise();
    private final AtomicBoolean begun = new AtomicBoolean();

    Farewell(
            Vertx vertx,
            DrainSettings settings,
            SessionRegistry sessions,
            ClusterNode cluster,
            ClusterGateway gateway) {
        this.vertx = vertx;
        this.settings = settings;
        this.sessions = sessions;
        this.cluster = cluster;
        this.gateway = gateway;
    }

    /**
     * Refuses new clients at once; completes when no session is left, or the time for it is up. Never fails; again it
     * does nothing but tell of the same end.
     */
    Future<Void> say() {
        if (begun.compareAndSet(false, true)) {
            begin();
        }
        return said.future();
    }

    private void begin() {
        int clients = sessions.connections();
        LOG.info("draining {} clients", clients);
        Drain drain = new Drain(sessions, settings, cluster.self().id(), gateway::nodesNow, new Random(), nowMillis());
        warnIfTooMany(clients);
        Promise<Void> told = Promise.promise();
        cluster.report(gateway.self()).onComplete(reported -> told.tryComplete());
        long late = vertx.setTimer(REPORT_BOUND_MILLIS, now -> told.tryComplete());
        told.future().onComplete(go -> {
            vertx.cancelTimer(late);
            step(drain);
        });
    }

    private void warnIfTooMany(int clients) {
        long needed = settings.notice().toMillis()
                + 1000L * clients / settings.perSecond()
                + settings.within().toMillis();
        if (needed > settings.timeout().toMillis()) {
            LOG.warn(
                    "{} clients at drain.per-second {} need {} s, longer than drain.timeout: those left then are closed"
                            + " all at once",
                    clients,
                    settings.perSecond(),
                    TimeUnit.MILLISECONDS.toSeconds(needed));
        }
    }

    // One shot, then again, and a fault must not end it: this node would never stop.
    private void step(Drain drain) {
        boolean done;
        try {
            done = drain.step(nowMillis());
        } catch (RuntimeException e) {
            LOG.error("clients could not be sent away in order", e);
            done = true;
        }
        if (done) {
            if (drain.closedAtOnce() > 0) {
                LOG.warn("drain.timeout has passed: the last {} clients were closed at once", drain.closedAtOnce());
            }
            settle(nowMillis() + SETTLE_BOUND_MILLIS);
        } else {
            vertx.setTimer(STEP_MILLIS, now -> step(drain));
        }
    }

    private void settle(long untilMillis) {
        if (sessions.isEmpty()) {
            LOG.info("all clients are gone");
            said.complete();
        } else if (nowMillis() >= untilMillis) {
            LOG.warn("the cluster still counts sessions of this node; the other nodes clean up");
            said.complete();
        } else {
            // A handshake may have been under way.
            sessions.endAll(CloseCode.DRAINING);
            vertx.setTimer(STEP_MILLIS, now -> settle(untilMillis));
        }
    }

    private static long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
