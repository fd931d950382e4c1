package dev.carillon.testing;

import com.hazelcast.core.HazelcastInstance;
import dev.carillon.channel.HubListener;
import dev.carillon.channel.Publisher;
import dev.carillon.cluster.ClusterNode;
import dev.carillon.cluster.HazelcastMember;
import dev.carillon.cluster.NodeIdentity;
import dev.carillon.config.ClusterSettings;
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

    private ClusterMember(
            HazelcastInstance hazelcast, NodeIdentity identity, Map<String, NamespaceSettings> namespaces) {
        this.hazelcast = hazelcast;
        vertx = await(Vertx.builder()
                .with(new VertxOptions()
                        .setEventLoopPoolSize(LOOPS)
                        .setEventBusOptions(new EventBusOptions().setHost("127.0.0.1")))
                .withClusterManager(new HazelcastClusterManager(hazelcast))
                .buildClustered());
        node = new ClusterNode(
                hazelcast, vertx, identity, namespaces, 300, sessions, HubListener.NONE, InstantSource.system());
        await(node.open());
        for (int i = 0; i < LOOPS; i++) {
            EventLoop loop = ((ContextInternal) ((VertxInternal) vertx).createEventLoopContext()).nettyEventLoop();
            loops.add(new EventLoopServices(
                    loop,
                    node.inbox().open(loop),
                    new Publisher(loop, identity.id() + "/" + i, node.channels(), node.routes()),
                    new Wheel(0),
                    System::currentTimeMillis));
        }
    }

    /** Starts a member that joins the others. */
    public static ClusterMember join(
            String cluster, Map<String, NamespaceSettings> namespaces, ClusterMember... others) {
        NodeIdentity identity = NodeIdentity.fresh("test");
        List<String> members = List.of(others).stream()
                .map(other -> other.hazelcast.getCluster().getLocalMember().getAddress())
                .map(address -> address.getHost() + ":" + address.getPort())
                .toList();
        HazelcastInstance hazelcast =
                HazelcastMember.start(new ClusterSettings(cluster, "127.0.0.1", 0, members, ""), identity);
        return new ClusterMember(hazelcast, identity, namespaces);
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
            return future.await(30, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no answer within 30 s", e);
        }
    }
}
