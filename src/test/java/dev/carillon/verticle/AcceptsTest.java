package dev.carillon.verticle;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AcceptsTest {
    /** Its event loop's time stands still until told otherwise. */
    private final EmbeddedChannel server = new EmbeddedChannel();

    private int here;
    private int there;

    @BeforeEach
    void count() {
        server.freezeTime();
        Accepts accepts = Accepts.of(server);
        accepts.heed(() -> here);
        accepts.heed(() -> there);
    }

    @Test
    void oneIsAcceptedInEachMillisecond() {
        accept();
        assertThat(accepting()).isFalse();
        pass(Accepts.PERIOD_MILLIS);
        assertThat(accepting()).isTrue();
        accept();
        assertThat(accepting()).isFalse();
    }

    @Test
    void ifThatIsQuickForAWhileItIsAFewAndAfterAPauseOneAgain() {
        quickly();
        assertThat(acceptedInPeriod()).isEqualTo(Accepts.MOST_AT_A_TIME);

        pass(10 * Accepts.BUSY_PERIOD_MILLIS);
        assertThat(acceptedInPeriod()).isEqualTo(Accepts.MOST_AT_A_TIME);
        pass(Accepts.PERIOD_MILLIS);
        assertThat(acceptedInPeriod()).isEqualTo(1);
    }

    @Test
    void whileManyWaitOnAllLoopsTogetherOneIsAcceptedNowAndThen() {
        quickly();
        here = Accepts.FEW;
        there = 1;

        assertThat(acceptedInPeriod()).isEqualTo(1);
        pass(Accepts.BUSY_PERIOD_MILLIS - 1);
        assertThat(accepting()).isFalse();
        pass(1);
        assertThat(acceptedInPeriod()).isEqualTo(1);

        there = 0;
        pass(Accepts.BUSY_PERIOD_MILLIS);
        assertThat(acceptedInPeriod()).isEqualTo(1);
        pass(Accepts.PERIOD_MILLIS - 1);
        assertThat(accepting()).isFalse();
        pass(1);
        assertThat(accepting()).isTrue();
    }

    @Test
    void afterSomeSecondsThoseWhoWaitKeepOthersNoLonger() {
        here = Accepts.FEW + 1;
        for (long passed = 0; passed < Accepts.LONGEST_MILLIS; passed += Accepts.BUSY_PERIOD_MILLIS) {
            assertThat(acceptedInPeriod()).isEqualTo(1);
            pass(Accepts.BUSY_PERIOD_MILLIS);
        }

        for (int i = 0; i < Accepts.QUICK_PERIODS * Accepts.MOST_AT_A_TIME; i++) {
            assertThat(acceptedInPeriod()).isEqualTo(1);
            pass(Accepts.PERIOD_MILLIS);
        }

        pass(Accepts.REST_MILLIS);
        assertThat(acceptedInPeriod()).as("others").isEqualTo(1);
        pass(Accepts.PERIOD_MILLIS);
        assertThat(accepting()).isFalse();
    }

    @Test
    void aServerHasOneForAllItsEventLoops() {
        assertThat(Accepts.of(server)).isSameAs(Accepts.of(server));
        assertThat(server.pipeline().names())
                .filteredOn(name -> name.startsWith("Accepts"))
                .hasSize(1);
    }

    /** Long enough for as many at a time as there ever are. */
    private void quickly() {
        for (int i = 0; i < Accepts.QUICK_PERIODS * Accepts.MOST_AT_A_TIME; i++) {
            assertThat(acceptedInPeriod()).isPositive();
            pass(Accepts.PERIOD_MILLIS);
        }
    }

    private int acceptedInPeriod() {
        int accepted = 0;
        while (accepting()) {
            accept();
            accepted++;
        }
        return accepted;
    }

    private boolean accepting() {
        return server.config().isAutoRead();
    }

    private void accept() {
        server.pipeline().fireChannelReadComplete();
    }

    private void pass(long millis) {
        for (long i = 0; i < millis; i++) {
            server.advanceTimeBy(1, TimeUnit.MILLISECONDS);
            server.runScheduledPendingTasks();
        }
    }
}
