package dev.carillon.verticle;

import com.hazelcast.core.HazelcastInstance;
import dev.carillon.api.ApiRoutes;
import dev.carillon.api.DevRoutes;
import dev.carillon.api.TokenRoutes;
import dev.carillon.api.Tokens;
import dev.carillon.auth.Authenticator;
import dev.carillon.auth.RulePermissions;
import dev.carillon.bus.Bridge;
import dev.carillon.bus.BusAuthorizer;
import dev.carillon.bus.BusBridges;
import dev.carillon.bus.BusEditor;
import dev.carillon.bus.BusRequests;
import dev.carillon.bus.BusService;
import dev.carillon.bus.UserEvents;
import dev.carillon.channel.PublisherListener;
import dev.carillon.channel.PublisherListeners;
import dev.carillon.cluster.ClusterGateway;
import dev.carillon.cluster.ClusterNode;
import dev.carillon.cluster.HazelcastRevocations;
import dev.carillon.cluster.NodeIdentity;
import dev.carillon.config.LiveSettings;
import dev.carillon.config.Reload;
import dev.carillon.config.Settings;
import dev.carillon.demo.Demo;
import dev.carillon.ops.ConsoleRoutes;
import dev.carillon.ops.HealthRoutes;
import dev.carillon.ops.Metrics;
import dev.carillon.ops.OperatorDesk;
import dev.carillon.ops.PublishSpans;
import dev.carillon.session.Admission;
import dev.carillon.session.DataRules;
import dev.carillon.session.EventLoops;
import dev.carillon.session.Leftovers;
import dev.carillon.session.Operations;
import dev.carillon.session.Rebalance;
import dev.carillon.session.SessionFactory;
import dev.carillon.session.SessionRegistry;
import dev.carillon.session.SessionServices;
import dev.carillon.session.SlowConsumers;
import dev.carillon.transport.Intake;
import dev.carillon.transport.http.HttpConnections;
import dev.carillon.transport.http.HttpEndpoint;
import dev.carillon.transport.sockjs.SockJsEndpoint;
import dev.carillon.transport.sse.SseEndpoint;
import dev.carillon.transport.websocket.Compression;
import dev.carillon.transport.websocket.WebSocketEndpoint;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.internal.VertxInternal;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the parts of a node together and deploys them, each after those it needs. */
final class Wiring {
    private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);

    /** Of many revocations in a row, all sessions are looked at once. */
    private static final long REVOKED_MILLIS = 250;

    private final Settings settings;
    private final LiveSettings live;
    private final Vertx vertx;
    private final Metrics metrics;
    private final InstantSource clock;
    private final SessionRegistry sessions = new SessionRegistry();
    private final Admission admission;
    private final EventLoops loops = new EventLoops();
    private final HttpConnections overHttp = new HttpConnections();
    private final DataRules rules;
    private final SlowConsumers slow;
    private final Compression compression;
    private final LoadMeter load;
    private final ClusterNode cluster;
    private final Standing standing;
    private final ClusterGateway gateway;
    private final HazelcastRevocations revocations;
    private final AuthVerticle auth;
    private final OperatorDesk desk;
    private final @Nullable PublishSpans spans;
    private final Operations operations;
    private final Leftovers leftovers;
    private final Farewell farewell;
    private final BusService bus;
    private final BusBridges bridges;
    private final List<String> deployed = new ArrayList<>();
    private final AtomicBoolean endingRevoked = new AtomicBoolean();
    private final Intake intake;
    private volatile int httpPort;

    /** Blocks for what the cluster has to tell: not for an event loop. */
    Wiring(
            Settings settings,
            NodeIdentity self,
            HazelcastInstance hazelcast,
            Vertx vertx,
            Intake intake,
            Metrics metrics,
            InstantSource clock) {
        this.settings = settings;
        this.intake = intake;
        live = new LiveSettings(settings);
        this.vertx = vertx;
        this.metrics = metrics;
        this.clock = clock;
        admission = new Admission(settings.admission(), settings.tenants());
        rules = new DataRules(live.namespaces());
        slow = new SlowConsumers(settings.limits(), live.namespaces(), metrics.slowConsumers());
        compression = Compression.of(settings.http(), live.namespaces());
        load = new LoadMeter(self, settings.http().publicUrl(), sessions, metrics.sessions(), clock);
        cluster = new ClusterNode(
                hazelcast,
                vertx,
                self,
                settings.cluster().quorumNodes(),
                live.namespaces(),
                settings.limits(),
                sessions,
                metrics.hubs(load::delivered, clock),
                metrics.links(),
                clock);
        standing = new Standing(cluster, sessions, loops);
        metrics.watch(standing);
        load.countSubscriptions(cluster.inbox()::subscriptions);
        revocations = new HazelcastRevocations(
                hazelcast, vertx, cluster.majority(), clock, settings.auth().refreshLife());
        revocations.onChange(this::endRevokedSoon);
        auth = new AuthVerticle(settings.auth(), revocations, clock);
        gateway = cluster.gateway(loops, rules, revocations, load::now, load);
        farewell = new Farewell(vertx, settings.drain(), sessions, cluster, gateway);
        desk = new OperatorDesk(
                metrics,
                load::now,
                standing,
                () -> cluster.inbox().interests().channels(),
                cluster.watched(),
                sessions,
                oneAfterTheOther(vertx),
                clock);
        operations = desk.open(
                gateway, cluster.peers(), cluster.census(), cluster.inbox().headcount(), sessions, this::drain);
        leftovers = new Leftovers(cluster.users(), cluster.peers(), sessions);
        spans = PublishSpans.of(settings.telemetry(), self.id(), self.version(), clock);
        bus = new BusService(vertx, gateway);
        bridges = new BusBridges(
                vertx,
                gateway,
                Bridge.of(settings.bus(), settings.namespaces(), settings.limits()),
                address -> cluster.isOldest());
    }

    private PublisherListener publishers() {
        return spans == null ? metrics.publishers() : new PublisherListeners(metrics.publishers(), spans);
    }

    private static Executor oneAfterTheOther(Vertx vertx) {
        Context worker = ((VertxInternal) vertx).createWorkerContext();
        return task -> worker.runOnContext(now -> task.run());
    }

    private int drain() {
        int clients = sessions.connections();
        LOG.info("an operator drains this node");
        farewell.say().onSuccess(said -> LOG.info("drained; this node waits to be stopped"));
        return clients;
    }

    /** Whoever slipped in while the news was on its way to this node. */
    private void endRevokedSoon() {
        if (endingRevoked.compareAndSet(false, true)) {
            vertx.setTimer(REVOKED_MILLIS, now -> {
                endingRevoked.set(false);
                sessions.endRevoked(revocations::isRevoked);
            });
        }
    }

    /** Completes when the node serves; fails with the first cause that keeps it from it. */
    Future<Void> deploy() {
        return cluster.open()
                .compose(opened -> remember(vertx.deployVerticle(auth)))
                .compose(ready -> remember(vertx.deployVerticle(new PresenceVerticle(
                        cluster.users(),
                        gateway,
                        new UserEvents(vertx, clock),
                        settings.presence().grace(),
                        cluster.majority()::holds))))
                .compose(ready -> deployGateways())
                .compose(ready -> remember(
                        vertx.deployVerticle(new HeartbeatVerticle(loops, cluster, admission, load, this::http))))
                .compose(ready -> remember(vertx.deployVerticle(new StatisticsVerticle(desk.statistics()))))
                .compose(ready -> deployRebalance())
                .compose(ready -> bus.start())
                .compose(ready -> bridges.start())
                .compose(ready -> deployDemo());
    }

    private Future<Void> deployRebalance() {
        if (!settings.rebalance().enabled()) {
            return Future.succeededFuture();
        }
        return remember(vertx.deployVerticle(new RebalanceVerticle((home, nowMillis) -> new Rebalance(
                sessions,
                settings.rebalance(),
                cluster.self().id(),
                gateway::nodesNow,
                cluster.users(),
                () -> live.limits().connectionsPerUser(),
                new Random(),
                home,
                nowMillis))));
    }

    private Future<Void> deployDemo() {
        Future<Void> deploying = Future.succeededFuture();
        if (settings.dev()) {
            for (VerticleBase verticle : Demo.verticles(vertx)) {
                deploying = deploying.compose(ready -> remember(vertx.deployVerticle(verticle)));
            }
        }
        return deploying;
    }

    private Future<Void> deployGateways() {
        SessionServices services = services(auth.authenticator());
        int instances = Runtime.getRuntime().availableProcessors();
        List<GatewayVerticle> gateways = new ArrayList<>();
        Supplier<GatewayVerticle> supplier = () -> {
            synchronized (gateways) {
                String origin = cluster.self().id() + "/" + gateways.size();
                GatewayVerticle verticle = new GatewayVerticle(
                        origin,
                        settings.http(),
                        settings.tls(),
                        settings.admission(),
                        services,
                        loops,
                        cluster,
                        desk.beside(publishers()),
                        intake,
                        this::mount);
                gateways.add(verticle);
                return verticle;
            }
        };
        return remember(vertx.deployVerticle(supplier, new DeploymentOptions().setInstances(instances)))
                .onSuccess(ready -> {
                    httpPort = gateways.get(0).port();
                    gateways.get(0).watchCertificate();
                });
    }

    private SessionServices services(Authenticator authenticator) {
        return new SessionServices(
                cluster.self().id(),
                settings.auth(),
                settings.heartbeat(),
                live::limits,
                settings.tenants(),
                settings.bus(),
                live.namespaces(),
                rules,
                authenticator,
                revocations::isRevoked,
                new RulePermissions(
                        live.namespaces(),
                        authenticator,
                        new BusAuthorizer(vertx, settings.limits().authorizeTimeout())),
                cluster.channels(),
                cluster.presence(),
                cluster.users(),
                new BusRequests(vertx),
                new BusEditor(vertx, settings.limits().authorizeTimeout()),
                sessions,
                admission,
                load,
                desk.tracing(),
                leftovers::close,
                clock);
    }

    /** Puts everything that is served onto the router of one event loop; the endpoint of WebSockets is returned. */
    private WebSocketEndpoint mount(Router router, SessionFactory factory) {
        Set<String> namespaces = live.namespaces().keySet();
        router.route().handler(this::partWhileDraining);
        WebSocketEndpoint sockets =
                new WebSocketEndpoint(settings.http(), settings.limits(), namespaces, slow, compression);
        sockets.mount(router, factory);
        new SockJsEndpoint(
                        vertx,
                        settings.http(),
                        settings.auth(),
                        settings.bus(),
                        live::limits,
                        settings.heartbeat(),
                        namespaces,
                        slow)
                .mount(router, factory);
        new SseEndpoint(settings.http(), live::limits, namespaces, slow).mount(router, factory);
        new HttpEndpoint(settings.http(), settings.limits(), slow, overHttp, HttpEndpoint.RESUME_WITHIN)
                .mount(router, factory);
        new HealthRoutes(vertx, standing.readiness(), standing.safety()).mount(router);
        metrics.routes().mount(router);
        auth.refreshTokens()
                .ifPresent(refresh -> auth.signer().ifPresent(signer -> {
                    Tokens tokens = new Tokens(refresh, signer, settings.auth(), clock);
                    new TokenRoutes(
                                    tokens,
                                    auth.authenticator(),
                                    settings.api(),
                                    settings.http().origins())
                            .mount(router);
                    if (settings.dev()) {
                        new DevRoutes(tokens, auth.authenticator(), new BusRequests(vertx), settings.bus())
                                .mount(router);
                    }
                }));
        new ApiRoutes(gateway, operations, auth.authenticator(), settings.api(), clock).mount(router);
        if (settings.api().console()) {
            new ConsoleRoutes().mount(router);
        }
        return sockets;
    }

    // A client whose next request went to the connection that is being closed would not know what became of it.
    private void partWhileDraining(RoutingContext routing) {
        if (sessions.isDraining()) {
            routing.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        routing.next();
    }

    private Future<Void> remember(Future<String> deployment) {
        return deployment.onSuccess(deployed::add).mapEmpty();
    }

    /**
     * Takes over what of these settings may change while a node runs, and reads keys again.
     *
     * @throws dev.carillon.config.ConfigException if they do not fit; then nothing has changed
     */
    synchronized Future<Reload> reload(Settings read) {
        Reload reload = Reload.of(live.now(), read);
        var schemas = DataRules.schemas(reload.settings().namespaces());
        live.use(reload.settings());
        rules.use(schemas);
        return auth.reload().map(done -> reload);
    }

    private String http() {
        String host = settings.http().host();
        return (host.equals("0.0.0.0") ? "127.0.0.1" : host) + ":" + httpPort;
    }

    int httpPort() {
        return httpPort;
    }

    /** Sends clients away, then takes everything down, the last deployed first; goes on when a part fails. */
    Future<Void> undeploy() {
        Future<?> down = farewell.say().transform(said -> bridges.stop()).transform(stopped -> bus.stop());
        for (int i = deployed.size() - 1; i >= 0; i--) {
            String id = deployed.get(i);
            down = down.transform(before -> vertx.undeploy(id));
        }
        return down.transform(before -> cluster.close())
                .eventually(() -> spans == null ? Future.succeededFuture() : vertx.executeBlocking(spans::close))
                .onFailure(cause -> LOG.warn("the node did not leave in order", cause));
    }
}
