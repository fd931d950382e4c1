package dev.carillon.verticle;

import dev.carillon.cluster.ClusterNode;
import dev.carillon.ops.NodeStanding;
import dev.carillon.ops.ReadyCheck;
import dev.carillon.session.EventLoops;
import dev.carillon.session.SessionRegistry;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.BooleanSupplier;

/** How this node stands, for its health and its meters. Safe on any thread. */
final class Standing implements NodeStanding {
    private final ClusterNode cluster;
    private final SessionRegistry sessions;
    private final EventLoops loops;

    Standing(ClusterNode cluster, SessionRegistry sessions, EventLoops loops) {
        this.cluster = cluster;
        this.sessions = sessions;
        this.loops = loops;
    }

    /** What must hold for this node to take clients. */
    List<ReadyCheck> readiness() {
        return List.of(
                check("joined", cluster::isJoined),
                new ReadyCheck("majority", () -> Future.succeededFuture(hasMajority()), cluster.majority()::why),
                check("partitions-safe", cluster::hasSettledIn),
                check("not-draining", () -> !isDraining()));
    }

    /** What must hold for one more node to be stopped. */
    List<ReadyCheck> safety() {
        return List.of(check("copies", this::hasCopies));
    }

    private static ReadyCheck check(String name, BooleanSupplier holds) {
        return new ReadyCheck(name, () -> Future.succeededFuture(holds.getAsBoolean()));
    }

    @Override
    public boolean isReady() {
        return cluster.isJoined() && hasMajority() && cluster.hasSettledIn() && !isDraining();
    }

    @Override
    public String id() {
        return cluster.self().id();
    }

    @Override
    public String version() {
        return cluster.self().version();
    }

    @Override
    public boolean isDraining() {
        return sessions.isDraining();
    }

    @Override
    public boolean hasMajority() {
        return !cluster.majority().isLost();
    }

    @Override
    public boolean hasCopies() {
        return cluster.hasCopies();
    }

    @Override
    public long nodes() {
        return cluster.nodes();
    }

    @Override
    public long partitions() {
        return cluster.partitions();
    }

    @Override
    public long subscriptions() {
        return cluster.inbox().subscriptions();
    }

    @Override
    public long arriving() {
        return loops.arriving();
    }

    @Override
    public long insistedOn() {
        return loops.insistedOn();
    }

    @Override
    public long givenUp() {
        return loops.givenUp();
    }
}
