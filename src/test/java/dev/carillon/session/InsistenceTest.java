package dev.carillon.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InsistenceTest {
    private static final int AT_A_TIME = 8;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Insistence insistence = new Insistence(
            channel.eventLoop(), new Turnstile(channel.eventLoop(), new Wheel(0), () -> 0, AT_A_TIME), 3);
    private int attempts;
    private int failures;

    @Test
    void whatFailsIsTriedAgainUntilItSucceedsHoweverLongThatTakes() {
        channel.freezeTime();
        failures = 50;
        Future<Void> done = insistence.on("it", this::attempt);
        while (!done.isComplete()) {
            assertThat(insistence.waiting()).isEqualTo(1);
            pass(1_000);
        }

        assertThat(done.succeeded()).isTrue();
        assertThat(attempts).isEqualTo(51);
        assertThat(insistence.waiting()).isZero();
    }

    @Test
    void pausesGrowToABoundAndAreSpread() {
        assertThat(Insistence.pauseMillis(1, 0)).isEqualTo(250);
        assertThat(Insistence.pauseMillis(1, 1)).isEqualTo(500);
        assertThat(Insistence.pauseMillis(3, 1)).isEqualTo(2_000);
        assertThat(Insistence.pauseMillis(6, 1)).isEqualTo(10_000);
        assertThat(Insistence.pauseMillis(1_000_000, 1)).isEqualTo(10_000);
    }

    @Test
    void moreThanItsBoundIsGivenUpAndCounted() {
        channel.freezeTime();
        failures = Integer.MAX_VALUE;
        List<Future<Void>> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(insistence.on("it", this::attempt));
        }

        assertThat(all).filteredOn(Future::failed).hasSize(2);
        assertThat(insistence.waiting()).isEqualTo(3);
        assertThat(insistence.givenUp()).isEqualTo(2);
        failures = 0;
        pass(11_000);
        assertThat(all).filteredOn(Future::succeeded).hasSize(3);
    }

    @Test
    void thousandsAtOnceAreBegunAFewAtATimeAndInOrder() {
        List<Promise<Void>> begun = new ArrayList<>();
        List<Future<Void>> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            all.add(insistence.on("it", () -> {
                Promise<Void> promise = Promise.promise();
                begun.add(promise);
                return promise.future();
            }));
        }
        assertThat(begun).hasSize(Turnstile.AFTER_A_PAUSE);

        begun.get(0).fail("not yet");
        begun.get(1).complete();
        run();
        // One for each that ended, and one more for the one that was quick.
        assertThat(begun).hasSize(Turnstile.AFTER_A_PAUSE + 3);
        assertThat(all.get(0).isComplete()).isFalse();
        assertThat(all.get(1).succeeded()).isTrue();

        for (int i = 2; i < begun.size(); i++) {
            begun.get(i).complete();
            run();
        }
        assertThat(begun).hasSize(1_000);
        assertThat(all).filteredOn(Future::succeeded).hasSize(999);
    }

    private void run() {
        channel.runPendingTasks();
    }

    private Future<Void> attempt() {
        attempts++;
        return failures-- > 0 ? Future.failedFuture("not yet") : Future.succeededFuture();
    }

    private void pass(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }
}
