package dev.carillon.verticle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.config.AdmissionSettings;
import dev.carillon.config.TenantSettings;
import dev.carillon.session.Admission;
import dev.carillon.session.EventLoopServices;
import dev.carillon.session.Wheel;
import dev.carillon.testing.ClusterMember;
import io.netty.channel.Channel;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NewcomersTest {
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        ClusterMember.await(vertx.close());
    }

    @Test
    void theServerThatOneComesFromAcceptsAtAPaceFromThenOn() {
        Promise<Channel> opened = Promise.promise();
        HttpServer server = vertx.createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false))
                .connectionHandler(connection -> {
                    newcomers().opened(connection);
                    opened.complete(((ConnectionBase) connection).channel());
                })
                .requestHandler(request -> request.response().end());
        int port = ClusterMember.await(server.listen(0, "127.0.0.1")).actualPort();

        ClusterMember.await(vertx.createNetClient().connect(port, "127.0.0.1"));

        Channel accepting = ClusterMember.await(opened.future()).parent();
        assertThat(accepting.pipeline().get(Accepts.class)).isSameAs(Accepts.of(accepting));
        assertThat(accepting.pipeline().names().get(0))
                .as("before what takes them")
                .startsWith("Accepts");
    }

    private static Newcomers newcomers() {
        return new Newcomers(
                new Admission(AdmissionSettings.DEFAULTS, TenantSettings.DEFAULTS),
                Duration.ofSeconds(10),
                new EventLoopServices(
                        ((ContextInternal) Vertx.currentContext()).nettyEventLoop(),
                        null,
                        null,
                        new Wheel(0),
                        () -> 0));
    }
}
