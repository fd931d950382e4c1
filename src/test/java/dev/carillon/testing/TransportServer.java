package dev.carillon.testing;

import dev.carillon.config.AuthSettings;
import dev.carillon.config.BusSettings;
import dev.carillon.config.HeartbeatSettings;
import dev.carillon.config.HttpSettings;
import dev.carillon.config.LimitSettings;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.config.NamespaceSettings.SlowConsumer;
import dev.carillon.session.SlowConsumerListener;
import dev.carillon.session.SlowConsumers;
import dev.carillon.transport.http.HttpConnections;
import dev.carillon.transport.http.HttpEndpoint;
import dev.carillon.transport.sockjs.SockJsEndpoint;
import dev.carillon.transport.sse.SseEndpoint;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** An HTTP server with {@code /eventbus}, {@code /sse} and {@code /http} over a {@link MemoryGateway}. */
public final class TransportServer extends VerticleBase {
    /** A verticle's address: it replies with what it is sent, or fails as {@code {"fail":{"code","message"}}} says. */
    public static final String ECHO = "demo.echo";

    public static final BusSettings BUS =
            new BusSettings("127.0.0.1", 0, Map.of(), List.of(ECHO), List.of("demo.in*"), List.of("demo.out*"));
    public static final int MAX_BACKLOG_MESSAGES = 20;
    public static final String ORIGIN = "https://app.example.org";

    /** To Vert.x: one free port for all instances of a deployment. */
    private static final int SHARED_RANDOM_PORT = -1;

    /** Short enough to wait for, long enough for a client that comes back at once to a machine that stood still. */
    public static final Duration RESUME_WITHIN = Duration.ofSeconds(8);

    private final HttpConnections overHttp = new HttpConnections();
    public final MemoryGateway gateway = new MemoryGateway();
    private final LimitSettings limits;
    private int port;

    public TransportServer(LimitSettings limits) {
        this.limits = limits;
    }

    /** Bounds small enough to be reached in a test. */
    public static LimitSettings limits(int maxMessageBytes, int subscriptions, int messagesPerSecond) {
        return new LimitSettings(
                1024,
                maxMessageBytes,
                64 * 1024,
                MAX_BACKLOG_MESSAGES,
                5,
                subscriptions,
                16,
                messagesPerSecond,
                0,
                0,
                0,
                300,
                300,
                Duration.ofSeconds(10),
                Duration.ofSeconds(2),
                1024 * 1024,
                Duration.ofSeconds(15));
    }

    /** {@code drop} keeps the newest, {@code latest} the latest of each {@code k}, everything else closes. */
    public static SlowConsumers slow(LimitSettings limits) {
        return slow(limits, SlowConsumerListener.NONE);
    }

    public static SlowConsumers slow(LimitSettings limits, SlowConsumerListener listener) {
        return new SlowConsumers(
                limits,
                Map.of(
                        "drop", namespace(SlowConsumer.DROP_OLDEST, ""),
                        "latest", namespace(SlowConsumer.LATEST, "k")),
                listener);
    }

    private static NamespaceSettings namespace(SlowConsumer policy, String key) {
        NamespaceSettings defaults = NamespaceSettings.DEFAULTS;
        return new NamespaceSettings(
                defaults.subscribe(),
                defaults.publish(),
                defaults.authorize(),
                defaults.publishThrough(),
                defaults.ephemeral(),
                defaults.historySize(),
                defaults.historyTtl(),
                defaults.keyTtl(),
                defaults.presence(),
                defaults.joinLeave(),
                defaults.personal(),
                defaults.maxDataBytes(),
                defaults.compressAboveBytes(),
                defaults.publishesPerSecond(),
                defaults.channelPublishesPerSecond(),
                policy,
                key,
                defaults.schema());
    }

    @Override
    public Future<?> start() {
        vertx.eventBus().<JsonObject>consumer(ECHO, message -> {
            JsonObject fail = message.body().getJsonObject("fail");
            if (fail != null) {
                message.fail(fail.getInteger("code"), fail.getString("message"));
            } else {
                message.reply(
                        message.body().copy().put("user", message.headers().get("carillon-user")));
            }
        });
        HttpSettings http = new HttpSettings(
                "127.0.0.1", 0, List.of(ORIGIN), Duration.ofSeconds(60), 8 * 1024, List.of(), "", false);
        AuthSettings auth = new AuthSettings(
                "",
                List.of(),
                Duration.ofMinutes(5),
                "",
                "",
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(25),
                Duration.ofMinutes(15),
                Duration.ofDays(30),
                true);
        SlowConsumers slow = slow(limits);
        Router router = Router.router(vertx);
        new SockJsEndpoint(
                        vertx,
                        http,
                        auth,
                        BUS,
                        () -> limits,
                        HeartbeatSettings.DEFAULTS,
                        MemoryGateway.NAMESPACES,
                        slow)
                .mount(router, gateway);
        new SseEndpoint(http, () -> limits, MemoryGateway.NAMESPACES, slow).mount(router, gateway);
        new HttpEndpoint(http, limits, slow, overHttp, RESUME_WITHIN).mount(router, gateway);
        HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                .setMaxWebSocketFrameSize(2 * limits.maxMessageBytes())
                .setMaxWebSocketMessageSize(2 * limits.maxMessageBytes()));
        return server.requestHandler(router)
                .listen(SHARED_RANDOM_PORT, "127.0.0.1")
                .onSuccess(bound -> port = bound.actualPort());
    }

    public int port() {
        return port;
    }
}
