package dev.carillon.bench;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.ext.bridge.PermittedOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.sockjs.SockJSBridgeOptions;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;
import java.util.UUID;

/**
 * What Carillon is measured against: the event-bus bridge that comes with Vert.x, default options, everything
 * permitted, one instance per event loop. {@code StockBridge PORT [--clustered]} prints {@code ready} when it serves
 * {@code /eventbus} on the loopback interface; clustered, it is the one member of a cluster of its own.
 */
public final class StockBridge extends VerticleBase {
    private final int port;

    private StockBridge(int port) {
        this.port = port;
    }

    public static void main(String[] args) {
        List<String> arguments = List.of(args);
        boolean clustered = arguments.size() == 2 && arguments.get(1).equals("--clustered");
        if (arguments.isEmpty()
                || (arguments.size() > 1 && !clustered)
                || !arguments.get(0).matches("\\d{1,5}")) {
            System.err.println("usage: StockBridge PORT [--clustered]");
            System.exit(2);
        }
        int port = Integer.parseInt(arguments.get(0));
        (clustered ? clustered("stock-bridge-" + UUID.randomUUID(), List.of()) : Future.succeededFuture(Vertx.vertx()))
                .compose(vertx -> deploy(vertx, port))
                .onSuccess(deployed -> System.out.println("ready"))
                .onFailure(cause -> {
                    System.err.println("the stock bridge cannot start: " + cause);
                    System.exit(1);
                });
    }

    @Override
    public Future<?> start() {
        PermittedOptions everything = new PermittedOptions().setAddressRegex(".*");
        Router router = Router.router(vertx);
        router.route("/eventbus/*")
                .subRouter(SockJSHandler.create(vertx)
                        .bridge(new SockJSBridgeOptions()
                                .addInboundPermitted(everything)
                                .addOutboundPermitted(everything)));
        return vertx.createHttpServer().requestHandler(router).listen(port, "127.0.0.1");
    }

    /** Deploys it on every event loop; the id of the deployment. */
    static Future<String> deploy(Vertx vertx, int port) {
        DeploymentOptions everyLoop = new DeploymentOptions().setInstances(VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE);
        return vertx.deployVerticle(() -> new StockBridge(port), everyLoop);
    }

    /** @param members host:port of each, this one first; empty for one alone at any port */
    static Future<Vertx> clustered(String cluster, List<String> members) {
        Config config = ConfigUtil.loadConfig();
        config.setClusterName(cluster);
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        JoinConfig join = config.getNetworkConfig().getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).setMembers(members);
        if (!members.isEmpty()) {
            String self = members.get(0);
            config.getNetworkConfig().setPort(Integer.parseInt(self.substring(self.indexOf(':') + 1)));
        }
        return Vertx.builder()
                .with(new VertxOptions().setEventBusOptions(new EventBusOptions().setHost("127.0.0.1")))
                .withClusterManager(new HazelcastClusterManager(config))
                .buildClustered();
    }
}
