package dev.carillon.verticle;

import com.hazelcast.core.HazelcastInstance;
import dev.carillon.cluster.HazelcastMember;
import dev.carillon.cluster.NodeIdentity;
import dev.carillon.config.Reload;
import dev.carillon.config.Settings;
import dev.carillon.ops.Metrics;
import dev.carillon.transport.Intake;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running node. Safe on any thread. */
public final class Node {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    /**
     * What stopping may take beyond {@code drain.timeout}: the cluster's taking note of the last clients, answers under
     * way, and half a minute for handing on the data.
     */
    public static final Duration STOP_LIMIT = Duration.ofSeconds(60);

    /** A peer on the event bus that stops reading is given up after this; above the bus's own ping interval. */
    private static final int BUS_WRITE_IDLE_SECONDS = 10;

    /**
     * An attempt to reach a peer over a cut network backs off, up to half a minute between two packets, and what is sent
     * meanwhile waits for it. A new attempt begins at once when the network is whole again.
     */
    private static final int BUS_CONNECT_MILLIS = 2_000;

    private final NodeIdentity self;
    private final HazelcastInstance hazelcast;
    private final Vertx vertx;
    private final Metrics metrics;
    private final Wiring wiring;
    private final AtomicBoolean stopping = new AtomicBoolean();

    /** Of no context: those of a Vert.x that was closed run nothing any more, not even the news of it. */
    private final Promise<Void> stopped = Promise.promise();

    private Node(NodeIdentity self, HazelcastInstance hazelcast, Vertx vertx, Metrics metrics, Wiring wiring) {
        this.self = self;
        this.hazelcast = hazelcast;
        this.vertx = vertx;
        this.metrics = metrics;
        this.wiring = wiring;
    }

    /** Starts Vert.x, the cluster member and all verticles; fails with the first cause that stops the start. */
    public static Future<Node> start(Settings settings) {
        NodeIdentity self = NodeIdentity.fresh(version());
        return blocking("carillon-start", () -> HazelcastMember.start(settings.cluster(), self))
                .compose(hazelcast -> start(settings, self, hazelcast)
                        .recover(cause -> leave(hazelcast).transform(left -> Future.failedFuture(cause))))
                // Not before: of a start that fails, the cause is to be read and nothing else.
                .onSuccess(started -> OpenDoors.of(settings).forEach(open -> LOG.warn("open: {}", open)));
    }

    // In order, also after a start that failed: the member may own channels already.
    private static Future<String> leave(HazelcastInstance hazelcast) {
        return blocking("carillon-stop", () -> {
            hazelcast.shutdown();
            return "";
        });
    }

    private static Future<Node> start(Settings settings, NodeIdentity self, HazelcastInstance hazelcast) {
        Metrics metrics = new Metrics(settings.namespaces());
        VertxOptions options = new VertxOptions()
                .setEventLoopPoolSize(Runtime.getRuntime().availableProcessors())
                .setPreferNativeTransport(true)
                .setEventBusOptions(Certificates.secure(
                        new EventBusOptions()
                                .setHost(settings.bus().host())
                                .setPort(settings.bus().port())
                                .setTcpNoDelay(true)
                                .setConnectTimeout(BUS_CONNECT_MILLIS)
                                .setWriteIdleTimeout(BUS_WRITE_IDLE_SECONDS)
                                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                                .setClusterPingInterval(2_000)
                                .setClusterPingReplyInterval(4_000),
                        settings.tls()));
        Intake intake = new Intake();
        return intake.instrument(metrics.instrument(Vertx.builder(), options))
                .withClusterManager(new HazelcastClusterManager(hazelcast))
                .buildClustered()
                .compose(vertx -> closedOnFailure(vertx, start(settings, self, hazelcast, vertx, intake, metrics)))
                .onFailure(cause -> metrics.close());
    }

    // The outcome has no context: one of a Vert.x that is closed is told to nobody.
    private static Future<Node> closedOnFailure(Vertx vertx, Future<Node> starting) {
        Promise<Node> outcome = Promise.promise();
        starting.onSuccess(outcome::complete)
                .onFailure(cause -> vertx.close().onComplete(closed -> outcome.fail(cause)));
        return outcome.future();
    }

    private static Future<Node> start(
            Settings settings,
            NodeIdentity self,
            HazelcastInstance hazelcast,
            Vertx vertx,
            Intake intake,
            Metrics metrics) {
        return vertx.executeBlocking(
                        () -> new Wiring(settings, self, hazelcast, vertx, intake, metrics, InstantSource.system()))
                .compose(wiring -> wiring.deploy().map(deployed -> new Node(self, hazelcast, vertx, metrics, wiring)));
    }

    /** New at each start. */
    public String id() {
        return self.id();
    }

    /** The port clients reach it at, also when the settings said 0. */
    public int httpPort() {
        return wiring.httpPort();
    }

    /**
     * Takes over what of these settings may change while a node runs, and reads keys again. What changed and was not taken
     * is in force after a restart.
     *
     * @throws dev.carillon.config.ConfigException if they do not fit; then nothing has changed
     */
    public Future<Reload> reload(Settings read) {
        return wiring.reload(read);
    }

    /** The Vert.x of this node, for verticles that live in the same process. */
    public Vertx vertx() {
        return vertx;
    }

    /**
     * Leaves the cluster politely and ends: it is no longer ready and takes no new clients, those it has are sent to
     * other nodes as {@link dev.carillon.config.DrainSettings} say, its data is handed on, then everything closes. Takes
     * {@code drain.timeout} and {@link #STOP_LIMIT} at most. Again it does nothing but tell of the same end.
     */
    public Future<Void> stop() {
        if (stopping.compareAndSet(false, true)) {
            LOG.info("node {} is leaving", self.id());
            Promise<Void> closed = Promise.promise();
            wiring.undeploy().onComplete(undeployed -> vertx.close().onComplete(done -> closed.complete()));
            closed.future()
                    .compose(done -> leave(hazelcast))
                    .onComplete(left -> metrics.close())
                    .<Void>mapEmpty()
                    .onComplete(stopped);
        }
        return stopped.future();
    }

    static String version() {
        String version = Node.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** Does what blocks while there is no Vert.x to do it. */
    private static <T> Future<T> blocking(String thread, Callable<T> work) {
        Promise<T> promise = Promise.promise();
        Thread worker = new Thread(
                () -> {
                    try {
                        promise.complete(work.call());
                    } catch (Exception e) {
                        promise.fail(e);
                    }
                },
                thread);
        worker.start();
        return promise.future();
    }
}
