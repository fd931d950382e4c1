package dev.carillon.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UnroutingTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Interests interests = new Interests();
    private final List<ChannelName> asked = new ArrayList<>();
    private final List<Promise<Void>> answers = new ArrayList<>();
    private final AtomicLong clock = new AtomicLong();
    private final Unrouting unrouting = new Unrouting(channel.eventLoop(), new Owner(), interests, clock::get);

    @BeforeEach
    void freeze() {
        channel.freezeTime();
    }

    @AfterEach
    void stop() {
        channel.finishAndReleaseAll();
    }

    @Test
    void thousandsOfChannelsAreGivenUpAFewAtATimeAndInOrder() {
        IntStream.range(0, 1_000).forEach(this::leave);
        pass(Unrouting.PAUSE_MILLIS);
        assertThat(asked).hasSize(Unrouting.AT_A_TIME);

        answers.get(0).complete();
        answers.get(1).fail("nobody is there");
        channel.runPendingTasks();
        assertThat(asked).hasSize(Unrouting.AT_A_TIME + 2);

        for (int i = 2; i < answers.size(); i++) {
            answers.get(i).complete();
            channel.runPendingTasks();
        }
        assertThat(asked)
                .isEqualTo(IntStream.range(0, 1_000).mapToObj(this::name).toList());
    }

    @Test
    void moreAtATimeAreGivenUpOnceTheyAreLate() {
        IntStream.range(0, 1_000).forEach(this::leave);
        pass(Unrouting.PAUSE_MILLIS);
        pass(Unrouting.LATE_MILLIS);
        assertThat(asked).hasSize(Unrouting.AT_A_TIME);

        answers.get(0).complete();
        channel.runPendingTasks();

        assertThat(asked).hasSize(Unrouting.MOST_UNDER_WAY + 1);
    }

    @Test
    void whoIsBackInAMomentCostsTheOwnerNothing() {
        leave(0);
        pass(1);
        leave(1);
        pass(Unrouting.PAUSE_MILLIS - 2);
        assertThat(asked).isEmpty();
        interests.add(name(0), 0);

        pass(1);
        assertThat(asked).isEmpty();
        pass(1);
        assertThat(asked).containsExactly(name(1));
        leave(2);
        pass(Unrouting.PAUSE_MILLIS);
        assertThat(asked).containsExactly(name(1), name(2));
    }

    @Test
    void aChannelThatIsWantedAgainByItsTurnStays() {
        IntStream.rangeClosed(0, Unrouting.AT_A_TIME).forEach(this::leave);
        pass(Unrouting.PAUSE_MILLIS);
        interests.add(name(Unrouting.AT_A_TIME), 0);

        answers.get(0).complete();
        channel.runPendingTasks();

        assertThat(asked).doesNotContain(name(Unrouting.AT_A_TIME));
        leave(Unrouting.AT_A_TIME);
        pass(Unrouting.PAUSE_MILLIS);
        assertThat(asked).contains(name(Unrouting.AT_A_TIME));
    }

    private void pass(long millis) {
        clock.addAndGet(millis);
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
    }

    private void leave(int number) {
        interests.add(name(number), 0);
        unrouting.end(name(number), interests.remove(name(number), 0).orElseThrow());
    }

    private ChannelName name(int number) {
        return new ChannelName("user:" + number);
    }

    private final class Owner implements ChannelOwner {
        @Override
        public Future<Void> unsubscribe(ChannelName channel, long interest) {
            asked.add(channel);
            Promise<Void> answer = Promise.promise();
            answers.add(answer);
            return answer.future();
        }

        @Override
        public boolean refuses() {
            return false;
        }

        @Override
        public Future<Recovery> subscribe(
                ChannelName channel,
                long interest,
                @Nullable StreamPosition since,
                int limit,
                @Nullable StreamPosition changesSince) {
            throw new AssertionError("nobody subscribes");
        }

        @Override
        public Future<Appended> append(ChannelName channel, String origin, long turn, List<Draft> drafts) {
            throw new AssertionError("nobody publishes");
        }

        @Override
        public Future<Comparison> compare(List<Standing> standings) {
            throw new AssertionError("nobody compares");
        }
    }
}
