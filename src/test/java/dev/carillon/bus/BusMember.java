package dev.carillon.bus;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import dev.carillon.testing.FreePort;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A real member of a real cluster on the loopback interface. */
record BusMember(Vertx vertx, String member) {
    private static final String CLUSTER = "bus-" + UUID.randomUUID();

    static BusMember join(List<BusMember> others) {
        Config config = ConfigUtil.loadConfig();
        config.setClusterName(CLUSTER);
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.setProperty("hazelcast.logging.type", "slf4j");
        NetworkConfig network =
                config.getNetworkConfig().setPort(FreePort.find()).setPortAutoIncrement(true);
        network.getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true);
        others.forEach(other -> join.getTcpIpConfig().addMember(other.member));
        HazelcastClusterManager manager = new HazelcastClusterManager(config);
        Vertx vertx = await(Vertx.builder()
                .withClusterManager(manager)
                .with(new VertxOptions()
                        .setEventLoopPoolSize(1)
                        .setEventBusOptions(new EventBusOptions().setHost("127.0.0.1")))
                .buildClustered());
        var address =
                manager.getHazelcastInstance().getCluster().getLocalMember().getAddress();
        return new BusMember(vertx, "127.0.0.1:" + address.getPort());
    }

    void leave() {
        await(vertx.close());
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    static Throwable failure(Future<?> future) {
        try {
            future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("did not fail");
    }

    /** Waits for a condition that another thread brings about; fails after 20 seconds. */
    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("the condition never held");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
