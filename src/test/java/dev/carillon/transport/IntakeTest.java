package dev.carillon.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.carillon.testing.ClusterMember;
import io.netty.channel.epoll.Epoll;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real servers of one Vert.x, on one event loop. */
class IntakeTest {
    private final Intake intake = new Intake();
    private final Vertx vertx = intake.instrument(Vertx.builder()).build();
    private final ContextInternal context = (ContextInternal) vertx.getOrCreateContext();

    /** Handlers that connections which began here had by then. */
    private final List<Integer> begun = new CopyOnWriteArrayList<>();

    private int served;
    private int other;

    @BeforeEach
    void listen() {
        assumeTrue(Epoll.isAvailable());
        served = server();
        other = server();
        intake.begin(context.nettyEventLoop(), (channel, then) -> {
            // The one that is at work.
            begun.add(channel.pipeline().toMap().size() - 1);
            channel.pipeline().addLast(then);
        });
    }

    private int server() {
        Future<HttpServer> listening = vertx.createHttpServer()
                .requestHandler(request -> request.response().setStatusCode(204).end())
                .listen(0, "127.0.0.1");
        return ClusterMember.await(listening).actualPort();
    }

    @AfterEach
    void close() {
        ClusterMember.await(vertx.close());
    }

    @Test
    void aConnectionOfItsPortBeginsThereAndNothingWasMadeOfItBefore() {
        intake.serve(served);

        assertThat(ask(served)).isEqualTo(204);
        assertThat(begun).containsExactly(0);
    }

    @Test
    void anotherPortsBeginsWithVertx() {
        intake.serve(served);

        assertThat(ask(other)).isEqualTo(204);
        assertThat(begun).isEmpty();
    }

    @Test
    void asLongAsNoPortIsKnownAllBeginWithVertx() {
        assertThat(ask(served)).isEqualTo(204);
        assertThat(begun).isEmpty();
    }

    private int ask(int port) {
        HttpClient client = vertx.createHttpClient();
        return ClusterMember.await(client.request(HttpMethod.GET, port, "127.0.0.1", "/")
                .compose(request -> request.send().map(HttpClientResponse::statusCode)));
    }
}
