package dev.carillon.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GatheringTest {
    private static final SharedEvent CHANGE = new SharedEvent(new Change(new ChannelName("room"), "join"));
    private static final SharedEvent PUBLICATION =
            new SharedEvent(new Publication(new ChannelName("room"), StreamPosition.NONE, Payload.NULL, null, 0));

    private final EmbeddedChannel time = new EmbeddedChannel();
    private final List<LocalChannel> ended = new ArrayList<>();
    private final LocalChannel room = new LocalChannel(new ChannelName("room"), null);
    private final LocalChannel other = new LocalChannel(new ChannelName("other"), null);
    private final AtomicLong clock = new AtomicLong(1_000);
    private final Gathering gathering = new Gathering(time.eventLoop(), clock::get, ended::add);

    @BeforeEach
    void stopTime() {
        time.freezeTime();
    }

    @Test
    void theFirstIsToldAtOnceAndThoseThatFollowTogether() {
        assertThat(gathering.holds(room, List.of(CHANGE))).isFalse();
        pass(1);
        assertThat(gathering.holds(room, List.of(CHANGE))).isTrue();
        pass(Gathering.MILLIS - 1);
        assertThat(gathering.holds(room, List.of(CHANGE, CHANGE))).isTrue();
        assertThat(ended).isEmpty();

        pass(1);
        assertThat(ended).containsExactly(room);
        pass(Gathering.MILLIS - 1);
        assertThat(gathering.holds(room, List.of(CHANGE)))
                .as("again within the time")
                .isTrue();
    }

    @Test
    void whatIsToldSeldomNeverWaits() {
        for (int i = 0; i < 3; i++) {
            assertThat(gathering.holds(room, List.of(CHANGE))).isFalse();
            pass(Gathering.MILLIS);
        }
        assertThat(ended).isEmpty();
    }

    @Test
    void whatMayNotWaitDoesNot() {
        assertThat(gathering.holds(room, List.of(CHANGE))).isFalse();
        assertThat(gathering.holds(room, List.of(CHANGE, PUBLICATION))).isFalse();
        assertThat(gathering.holds(room, List.of(CHANGE))).isTrue();
        assertThat(gathering.holds(room, List.of(PUBLICATION))).isFalse();
    }

    @Test
    void channelsThatWaitAreToldWithinTheTimeOfTheFirst() {
        gathering.holds(room, List.of(CHANGE));
        gathering.holds(other, List.of(CHANGE));
        assertThat(gathering.holds(room, List.of(CHANGE))).isTrue();
        pass(Gathering.MILLIS / 2);
        assertThat(gathering.holds(other, List.of(CHANGE))).isTrue();
        pass(Gathering.MILLIS / 2);

        assertThat(ended).containsExactly(room, other);
    }

    private void pass(long millis) {
        clock.addAndGet(millis);
        time.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        time.runScheduledPendingTasks();
    }
}
