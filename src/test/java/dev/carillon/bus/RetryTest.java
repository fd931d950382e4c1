package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.protocol.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RetryTest {
    private static final Retry QUICK = new Retry(3, Duration.ofMillis(1), Duration.ofMillis(2));

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger attempts = new AtomicInteger();

    @AfterEach
    void close() {
        BusMember.await(vertx.close());
    }

    @Test
    void aStepThatKeepsFailingIsTriedThreeTimes() {
        Throwable failure = BusMember.failure(QUICK.run(vertx, () -> fail(ErrorCode.UNAVAILABLE), this::temporary));

        assertThat(attempts).hasValue(3);
        assertThat(failure).isInstanceOf(CarillonException.class);
    }

    @Test
    void aFinalFailureIsNotTriedAgain() {
        BusMember.failure(QUICK.run(vertx, () -> fail(ErrorCode.BAD_REQUEST), this::temporary));

        assertThat(attempts).hasValue(1);
    }

    @Test
    void theWaitLiesBetweenItsBoundsAndGrows() {
        Retry retry = Retry.DEFAULTS;

        assertThat(retry.waitAfter(0, 0)).isEqualTo(retry.min());
        assertThat(retry.waitAfter(1, 0.5)).isGreaterThan(retry.waitAfter(0, 0.5));
        assertThat(retry.waitAfter(100, 1)).isEqualTo(retry.max());
    }

    private Future<Void> fail(ErrorCode code) {
        attempts.incrementAndGet();
        return Future.failedFuture(new CarillonException(code));
    }

    private boolean temporary(Throwable cause) {
        return CarillonException.isTemporary(cause);
    }
}
