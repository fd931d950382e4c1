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
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NewcomersTest {
    private final Vertx vertx = Vertx.vertx();

    /** Of one connection that has not asked for anything. */
    private final Admission admission =
            new Admission(new AdmissionSettings(Duration.ofSeconds(10), 1, 10, 10, 10), TenantSettings.DEFAULTS);

    @AfterEach
    void close() {
        ClusterMember.await(vertx.close());
    }

    @Test
    void theServerThatOneComesFromAcceptsAtAPaceFromThenOn() {
        Promise<Channel> opened = Promise.promise();
        int port = server((newcomers, connection) -> {
            newcomers.opened(connection);
            opened.complete(((ConnectionBase) connection).channel());
        });

        ClusterMember.await(vertx.createNetClient().connect(port, "127.0.0.1"));

        Channel accepting = ClusterMember.await(opened.future()).parent();
        assertThat(accepting.pipeline().get(Accepts.class)).isSameAs(Accepts.of(accepting));
        assertThat(accepting.pipeline().names().get(0))
                .as("before what takes them")
                .startsWith("Accepts");
    }

    @Test
    void oneThatWasHereBeforeVertxMadeAConnectionOfItIsCountedOnce() {
        Promise<Boolean> another = Promise.promise();
        int port = server((newcomers, connection) -> {
            Channel channel = ((ConnectionBase) connection).channel();
            newcomers.opened(channel);
            newcomers.opened(connection);
            boolean isFull = !admission.takesIdle();
            newcomers.asked(channel);
            another.complete(isFull && channel.isOpen() && admission.takesIdle());
        });

        ClusterMember.await(vertx.createNetClient().connect(port, "127.0.0.1"));

        assertThat(ClusterMember.await(another.future())).isTrue();
    }

    @Test
    void whoHasNotAskedForAnythingIsCutWhenTheNodeLeaves() {
        int port = server((newcomers, connection) -> {
            newcomers.opened(connection);
            newcomers.leave();
        });
        Promise<Void> cut = Promise.promise();

        vertx.createNetClient()
                .connect(port, "127.0.0.1")
                .onSuccess(socket -> socket.closeHandler(cut::complete))
                .onFailure(cut::fail);

        ClusterMember.await(cut.future());
        assertThat(admission.takesIdle()).isTrue();
    }

    private int server(BiConsumer<Newcomers, HttpConnection> opened) {
        HttpServer server = vertx.createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false))
                .connectionHandler(connection -> opened.accept(newcomers(), connection))
                .requestHandler(request -> request.response().end());
        return ClusterMember.await(server.listen(0, "127.0.0.1")).actualPort();
    }

    private Newcomers newcomers() {
        return new Newcomers(
                admission,
                Duration.ofSeconds(10),
                new EventLoopServices(
                        ((ContextInternal) Vertx.currentContext()).nettyEventLoop(),
                        null,
                        null,
                        new Wheel(0),
                        () -> 0));
    }
}
