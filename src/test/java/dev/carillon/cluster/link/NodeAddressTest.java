package dev.carillon.cluster.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.carillon.testing.ClusterMember;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.impl.MessageConsumerImpl;
import io.vertx.core.internal.VertxInternal;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class NodeAddressTest {
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        ClusterMember.await(vertx.close());
    }

    @Test
    void messagesThatWaitTheirTurnWhenAnAddressEndsAreHandledFirst() throws InterruptedException {
        CountDownLatch handling = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        NodeAddress address = new NodeAddress((VertxInternal) vertx, "n", message -> {
            handling.countDown();
            awaitQuietly(free);
            message.reply(message.body());
        });
        ClusterMember.await(address.open());

        Future<Message<Object>> first = vertx.eventBus().request(NodeAddress.of("n"), 1);
        assertThat(handling.await(10, TimeUnit.SECONDS)).isTrue();
        Future<Message<Object>> second = vertx.eventBus().request(NodeAddress.of("n"), 2);
        Future<Void> ended = address.close();
        free.countDown();

        assertThat(ClusterMember.await(first).body()).isEqualTo(1);
        assertThat(ClusterMember.await(second).body()).isEqualTo(2);
        ClusterMember.await(ended);
    }

    @Test
    void nobodyIsToldOfAMessageThatComesTooLateButItsSender() throws InterruptedException {
        Logger log = (Logger) LoggerFactory.getLogger(MessageConsumerImpl.class);
        ListAppender<ILoggingEvent> told = new ListAppender<>();
        told.start();
        log.addAppender(told);
        CountDownLatch handling = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        NodeAddress address = new NodeAddress((VertxInternal) vertx, "n", message -> {
            handling.countDown();
            awaitQuietly(free);
        });
        ClusterMember.await(address.open());
        vertx.eventBus().send(NodeAddress.of("n"), 1);
        assertThat(handling.await(10, TimeUnit.SECONDS)).isTrue();

        Future<Void> ended = address.close();
        Future<Message<Object>> late = vertx.eventBus().request(NodeAddress.of("n"), 2);
        free.countDown();

        assertThatThrownBy(() -> ClusterMember.await(late)).hasMessageContaining("Discarded");
        ClusterMember.await(ended);
        log.detachAppender(told);
        assertThat(told.list).isEmpty();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
