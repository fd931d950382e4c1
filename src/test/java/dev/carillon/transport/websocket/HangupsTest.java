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
    void ofThousandsMoreAreClosedAtATime() {
        List<Channel> channels = hungUp(2 * Hangups.MANY);

        pass(1);
        assertThat(open(channels)).isEqualTo(2 * Hangups.MANY - 3);
        pass(Hangups.MANY);
        assertThat(open(channels)).isBetween(1L, (long) Hangups.MANY);
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
        for (int i = 0; i < periods; i++) {
            clock.advanceTimeBy(Hangups.PERIOD_MILLIS, TimeUnit.MILLISECONDS);
            clock.runScheduledPendingTasks();
        }
    }

    private static long open(List<Channel> channels) {
        return channels.stream().filter(Channel::isOpen).count();
    }
}
