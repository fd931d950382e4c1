package dev.carillon.testing;

import com.hazelcast.core.HazelcastInstance;
import dev.carillon.channel.HubListener;
import dev.carillon.channel.LinkListener;
import dev.carillon.channel.Publisher;
import dev.carillon.channel.PublisherListener;
import dev.carillon.cluster.ClusterNode;
import dev.carillon.cluster.HazelcastMember;
import dev.carillon.cluster.NodeIdentity;
import dev.carillon.config.ClusterSettings;
import dev.carillon.config.LimitSettings;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.session.EventLoopServices;
import dev.carillon.session.EventLoops;
import dev.carillon.session.SessionRegistry;
import dev.carillon.session.Wheel;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A real cluster member in this JVM, with the parts of a node below sessions: owners, hubs and the link between nodes. */
public final class ClusterMember {
    private static final int LOOPS = 2;

    public final HazelcastInstance hazelcast;
    public final Vertx vertx;
    public final ClusterNode node;
    public final EventLoops loops = new EventLoops();
    public final SessionRegistry sessions = new SessionRegistry();

    /**
     * What a test may want otherwise.
     *
     * @param bus where the member is reached by others; its host has to be set
     * @param quorum nodes that must be in touch, as a setting
     * @param port of the member, 0 for any free one
     */
    public record Setup(EventBusOptions bus, LimitSettings limits, LinkListener links, String quorum, int port) {
        public static Setup usual() {
            return new Setup(
                    new EventBusOptions().setHost("127.0.0.1"),
                    LimitSettings.DEFAULTS,
                    LinkListener.NONE,
                    ClusterSettings.AUTO,
                    0);
        }

        public Setup withLinks(LinkListener newLinks) {
            return new Setup(bus, limits, newLinks, quorum, port);
        }

        public Setup reachedBy(EventBusOptions newBus) {
            return new Setup(newBus, limits, links, quorum, port);
        }

        public Setup within(LimitSettings newLimits) {
            return new Setup(bus, newLimits, links, quorum, port);
        }

        public Setup withQuorum(String newQuorum) {
            return new Setup(bus, limits, links, newQuorum, port);
        }

        public Setup atPort(int newPort) {
            return new Setup(bus, limits, links, quorum, newPort);
        }
    }

    private ClusterMember(
            HazelcastInstance hazelcast,
            NodeIdentity identity,
            Map<String, NamespaceSettings> namespaces,
            int quorumNodes,
            Setup setup) {
        this.hazelcast = hazelcast;
        vertx = await(Vertx.builder()
                .with(new VertxOptions().setEventLoopPoolSize(LOOPS).setEventBusOptions(setup.bus()))
                .withClusterManager(new HazelcastClusterManager(hazelcast))
                .buildClustered());
        node = new ClusterNode(
                hazelcast,
                vertx,
                identity,
                quorumNodes,
                namespaces,
                setup.limits(),
                sessions,
                HubListener.NONE,
                setup.links(),
                InstantSource.system());
        await(node.open());
        for (int i = 0; i < LOOPS; i++) {
            EventLoop loop = ((ContextInternal) ((VertxInternal) vertx).createEventLoopContext()).nettyEventLoop();
            loops.add(new EventLoopServices(
                    loop,
                    node.inbox().open(loop),
                    new Publisher(
                            loop,
                            identity.id() + "/" + i,
                            node.channels(),
                            node.routes(),
                            Publisher.Bounds.DEFAULTS,
                            PublisherListener.NONE,
                            () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime())),
                    new Wheel(0),
                    System::currentTimeMillis));
        }
    }

    /** Starts a member that joins the others. */
    public static ClusterMember join(
            String cluster, Map<String, NamespaceSettings> namespaces, ClusterMember... others) {
        return join(Setup.usual(), cluster, namespaces, others);
    }

    /** The same, set up otherwise. */
    public static ClusterMember join(
            Setup setup, String cluster, Map<String, NamespaceSettings> namespaces, ClusterMember... others) {
        NodeIdentity identity = NodeIdentity.fresh("test");
        List<String> members = List.of(others).stream()
                .map(other -> other.hazelcast.getCluster().getLocalMember().getAddress())
                .map(address -> address.getHost() + ":" + address.getPort())
                .toList();
        int port = setup.port() == 0 ? FreePort.find() : setup.port();
        ClusterSettings settings = new ClusterSettings(cluster, "127.0.0.1", port, members, "", setup.quorum(), 1);
        HazelcastInstance hazelcast = HazelcastMember.start(settings, identity);
        return new ClusterMember(hazelcast, identity, namespaces, settings.quorumNodes(), setup);
    }

    public EventLoopServices loop(int index) {
        return loops.all().get(index);
    }

    public String id() {
        return node.self().id();
    }

    /** Dies without a word, as a process that is killed. */
    public void kill() {
        hazelcast.getLifecycleService().terminate();
        await(vertx.close());
    }

    public void stop() {
        if (hazelcast.getLifecycleService().isRunning()) {
            await(node.close());
            await(vertx.close());
            hazelcast.shutdown();
        }
    }

    /** What a future brings, within a bound that only a broken build reaches. */
    public static <T> T await(Future<T> future) {
        try {
            return future.await(60, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no answer within 60 s", e);
        }
    }
}
