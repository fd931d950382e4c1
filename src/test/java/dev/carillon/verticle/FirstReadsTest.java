package dev.carillon.verticle;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FirstReadsTest {
    /** Its event loop's time stands still until told otherwise. */
    private final EmbeddedChannel clock = new EmbeddedChannel();

    private long now;
    private int logins;

    /** Those whose time began to run. */
    private final AtomicInteger timed = new AtomicInteger();

    private final FirstReads reads = new FirstReads(clock.eventLoop(), () -> now, () -> logins);

    @BeforeEach
    void freeze() {
        clock.freezeTime();
    }

    @Test
    void aConnectionIsReadAtOnce() {
        Channel channel = open();

        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(reads.held()).isZero();
    }

    @Test
    void ofManyThatComeTogetherOneIsReadInEachMillisecond() {
        List<Channel> channels = open(20);

        assertThat(read(channels)).isEqualTo(1);
        assertThat(timed).as("nobody's time runs while it is not read").hasValue(1);
        pass(FirstReads.PERIOD_MILLIS);
        assertThat(read(channels)).isEqualTo(2);
        assertThat(timed).hasValue(2);
    }

    @Test
    void ifThatIsQuickForAWhileItIsAFewAndAfterAPauseOneAgain() {
        List<Channel> channels = open(400);
        pass(FirstReads.QUICK_PERIODS * FirstReads.MOST_AT_A_TIME);
        long before = read(channels);

        pass(FirstReads.PERIOD_MILLIS);
        assertThat(read(channels) - before).isEqualTo(FirstReads.MOST_AT_A_TIME);

        pass(400);
        assertThat(reads.held()).isZero();
        assertThat(read(open(20))).isEqualTo(1);
    }

    @Test
    void theOneThatHasWaitedLongestAndTheLatestTakeTurns() {
        List<Channel> channels = open(40);
        Channel probe = open();

        assertThat(probe.config().isAutoRead()).isFalse();
        pass(FirstReads.PERIOD_MILLIS);
        assertThat(probe.config().isAutoRead()).isTrue();
        assertThat(read(channels)).isEqualTo(1);
        pass(FirstReads.PERIOD_MILLIS);
        assertThat(read(channels.subList(0, 2))).isEqualTo(2);
        pass(FirstReads.PERIOD_MILLIS);
        assertThat(channels.get(39).config().isAutoRead()).isTrue();
        assertThat(read(channels)).isEqualTo(3);
    }

    @Test
    void whileLoginsWaitOneIsReadNowAndThen() {
        logins = 1;
        List<Channel> channels = open(20);

        assertThat(read(channels)).isEqualTo(1);
        pass(FirstReads.BUSY_PERIOD_MILLIS - 1);
        assertThat(read(channels)).isEqualTo(1);
        pass(1);
        assertThat(read(channels)).isEqualTo(2);
        logins = 0;
        pass(FirstReads.PERIOD_MILLIS);
        assertThat(read(channels)).isEqualTo(3);
    }

    @Test
    void whatWasQuickIsForgottenWhenLoginsWaitForAWhile() {
        List<Channel> channels = open(400);
        pass(FirstReads.QUICK_PERIODS * FirstReads.MOST_AT_A_TIME);
        logins = 1;
        pass(FirstReads.BUSY_PERIOD_MILLIS);
        logins = 0;
        long before = read(channels);

        pass(FirstReads.PERIOD_MILLIS);

        assertThat(read(channels) - before).isEqualTo(1);
    }

    @Test
    void thoseThatAreGoneAreForgottenAndTakeNobodysTurn() {
        List<Channel> channels = open(200);
        channels.subList(3, 200).forEach(channel -> channel.close().syncUninterruptibly());

        assertThat(reads.held()).isLessThan(20);
        pass(2 * FirstReads.PERIOD_MILLIS);
        assertThat(channels.subList(0, 3)).allMatch(channel -> channel.config().isAutoRead());
        assertThat(reads.held()).isZero();
    }

    private Channel open() {
        Channel channel = new EmbeddedChannel();
        reads.opened(channel, timed::incrementAndGet);
        return channel;
    }

    private List<Channel> open(int many) {
        return IntStream.range(0, many).mapToObj(i -> open()).toList();
    }

    private static long read(List<Channel> channels) {
        return channels.stream()
                .filter(channel -> channel.config().isAutoRead())
                .count();
    }

    private void pass(long millis) {
        for (long i = 0; i < millis; i++) {
            now++;
            clock.advanceTimeBy(1, TimeUnit.MILLISECONDS);
            clock.runScheduledPendingTasks();
        }
    }
}
