package dev.carillon.verticle;

import dev.carillon.cluster.ClusterNode;
import dev.carillon.session.Admission;
import dev.carillon.session.EventLoopServices;
import dev.carillon.session.EventLoops;
import dev.carillon.session.Wheel;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the wheel of every event loop, which pings clients, ends dead ones, those that do not say who they are and those
 * whose token ran out; tells the cluster how busy this node is; tells other nodes who is loud; has owners compare what they keep of this node with what
 * it has; and, on the oldest node, sweeps out what has outlived its time. Deployed once, after the gateway.
 */
final class HeartbeatVerticle extends VerticleBase {
    static final long SHARES_MILLIS = 1_000;
    static final long REPORT_MILLIS = 2_000;
    static final long SWEEP_MILLIS = 15_000;

    /** What is wrong twice in a row is mended: ghosts go within two of these, in a cluster of more than three nodes later. */
    static final long AUDIT_MILLIS = 30_000;

    private static final Logger LOG = LoggerFactory.getLogger(HeartbeatVerticle.class);

    private final EventLoops loops;
    private final ClusterNode node;
    private final Admission admission;
    private final LoadMeter load;
    private final Supplier<String> http;
    private final List<ScheduledFuture<?>> wheels = new ArrayList<>();
    private boolean stopping;

    /** @param http where clients reach this node */
    HeartbeatVerticle(EventLoops loops, ClusterNode node, Admission admission, LoadMeter load, Supplier<String> http) {
        this.loops = loops;
        this.node = node;
        this.admission = admission;
        this.load = load;
        this.http = http;
    }

    @Override
    public Future<?> start() {
        for (EventLoopServices loop : loops.all()) {
            wheels.add(loop.loop()
                    .scheduleWithFixedDelay(
                            () -> turn(loop), Wheel.TICK_MILLIS, Wheel.TICK_MILLIS, TimeUnit.MILLISECONDS));
        }
        scheduleSweep();
        scheduleShares();
        scheduleAudit();
        return node.report(load.measure(http.get())).onSuccess(reported -> scheduleReport());
    }

    /** A periodic task that throws would never run again, and nobody would be pinged. */
    private static void turn(EventLoopServices loop) {
        try {
            loop.wheel().turn(loop.ticker().getAsLong());
        } catch (RuntimeException e) {
            LOG.error("a session failed at its heartbeat", e);
        }
    }

    private void scheduleReport() {
        vertx.setTimer(REPORT_MILLIS, now -> {
            if (!stopping) {
                node.report(load.measure(http.get())).onComplete(reported -> scheduleReport());
            }
        });
    }

    private void scheduleShares() {
        vertx.setTimer(SHARES_MILLIS, now -> {
            if (!stopping) {
                admission.sweep();
                node.tellShares().onComplete(told -> scheduleShares());
            }
        });
    }

    private void scheduleSweep() {
        vertx.setTimer(SWEEP_MILLIS, now -> {
            if (!stopping) {
                node.sweep().onComplete(swept -> scheduleSweep());
            }
        });
    }

    private void scheduleAudit() {
        vertx.setTimer(AUDIT_MILLIS, now -> {
            if (!stopping) {
                node.audit().onComplete(audited -> scheduleAudit());
            }
        });
    }

    @Override
    public Future<?> stop() {
        stopping = true;
        wheels.forEach(wheel -> wheel.cancel(false));
        return Future.succeededFuture();
    }
}
