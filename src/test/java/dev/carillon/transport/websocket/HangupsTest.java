package dev.carillon.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HangupsTest {
    /** Its event loop's time stands still until told otherwise. */
    private final EmbeddedChannel clock = new EmbeddedChannel();

    private final Hangups hangups = new Hangups(clock.eventLoop());

    @BeforeEach
    void freeze() {
        clock.freezeTime();
    }

    @Test
    void whoHangsUpIsClosedInAMoment() {
        Channel channel = hungUp(1).get(0);

        assertThat(channel.isOpen()).isTrue();
        pass(1);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void ofSomeThatHangUpTogetherOneIsClosedAtATime() {
        List<Channel> channels = hungUp(20);

        pass(3);
        assertThat(open(channels)).isEqualTo(17);
        List<Channel> later = hungUp(1);
        pass(17);
        assertThat(open(channels)).isZero();
        assertThat(open(later)).isEqualTo(1);
        pass(1);
        assertThat(open(later)).isZero();
    }

    @Test
    void aCrowdWaitsLongerUntilFewAreLeft() {
        List<Channel> channels = hungUp(Hangups.FEW + 3);

        pass(1);
        assertThat(open(channels)).isEqualTo(Hangups.FEW + 2);
        pass(1, Hangups.CROWD_PERIOD_MILLIS - 1);
        assertThat(open(channels)).isEqualTo(Hangups.FEW + 2);
        pass(1, 1);
        assertThat(open(channels)).isEqualTo(Hangups.FEW + 1);
        pass(1, Hangups.CROWD_PERIOD_MILLIS);
        assertThat(open(channels)).isEqualTo(Hangups.FEW);
        pass(3);
        assertThat(open(channels)).isEqualTo(Hangups.FEW - 3);
    }

    @Test
    void ofThousandsMoreAreClosedAtATime() {
        List<Channel> channels = hungUp(2 * Hangups.MANY);

        pass(1, Hangups.CROWD_PERIOD_MILLIS);
        assertThat(open(channels)).isEqualTo(2 * Hangups.MANY - 3);
        pass(Hangups.MANY / 2 - 1, Hangups.CROWD_PERIOD_MILLIS);
        assertThat(open(channels)).isBetween(1L, (long) Hangups.MANY);
    }

    @Test
    void aCrowdWaitsForSomeSecondsOnly() {
        List<Channel> channels = hungUp(Hangups.MANY - 1);

        pass((int) (Hangups.LONGEST_MILLIS / Hangups.CROWD_PERIOD_MILLIS), Hangups.CROWD_PERIOD_MILLIS);
        long left = open(channels);
        assertThat(left).isGreaterThan(Hangups.FEW + 9);
        pass(9);
        assertThat(open(channels)).isEqualTo(left - 9);
    }

    @Test
    void theNextCrowdWaitsAsLong() {
        hungUp(2 * Hangups.FEW);
        pass(4 * Hangups.FEW, Hangups.CROWD_PERIOD_MILLIS);
        clock.advanceTimeBy(Hangups.LONGEST_MILLIS, TimeUnit.MILLISECONDS);

        List<Channel> channels = hungUp(2 * Hangups.FEW);

        pass(2);
        assertThat(open(channels)).isEqualTo(2 * Hangups.FEW - 1);
    }

    @Test
    void oneThatIsClosedMeanwhileHarmsNobody() {
        List<Channel> channels = hungUp(3);
        channels.get(0).close();

        pass(3);
        assertThat(open(channels)).isZero();
    }

    private List<Channel> hungUp(int count) {
        List<Channel> channels = IntStream.range(0, count)
                .<Channel>mapToObj(i -> new EmbeddedChannel(new ChannelInboundHandlerAdapter()))
                .toList();
        channels.forEach(hangups::hungUp);
        return channels;
    }

    private void pass(int periods) {
        pass(periods, Hangups.PERIOD_MILLIS);
    }

    private void pass(int periods, long millis) {
        for (int i = 0; i < periods; i++) {
            clock.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
            clock.runScheduledPendingTasks();
        }
    }

    private static long open(List<Channel> channels) {
        return channels.stream().filter(Channel::isOpen).count();
    }
}
