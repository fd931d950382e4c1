package dev.carillon.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A publisher on a loop whose time stands still, with an owner that the test speaks for. */
class PublisherTest {
    private static final ChannelName FEED = new ChannelName("feed");
    private static final ChannelName NEWS = new ChannelName("news");
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final EmbeddedChannel time = new EmbeddedChannel();
    private final List<Ask> asks = new ArrayList<>();
    private final List<String> routed = new ArrayList<>();
    private final Meters meters = new Meters();
    private Publisher publisher;
    private boolean refuses;
    private long now = 5_000;

    @BeforeEach
    void start() {
        time.freezeTime();
        publisher = publisher(new Publisher.Bounds(3, 8, 1_000, TIMEOUT));
    }

    @AfterEach
    void stop() {
        time.finishAndReleaseAll();
    }

    @Test
    void anAppendOfUnknownOutcomeIsRepeatedUnderTheSameTurnAndTheLaneWaits() {
        Future<Ack> first = publish(FEED, "1");
        pass(0);
        Future<Ack> second = publish(FEED, "2");
        ask(0).unsettled();
        pass(49);
        assertThat(asks).hasSize(1);
        pass(1);

        assertThat(ask(1).turn).isEqualTo(ask(0).turn);
        assertThat(ask(1).texts()).containsExactly("1");
        ask(1).settle(7);
        pass(0);
        assertThat(ask(2).turn).isGreaterThan(ask(1).turn);
        assertThat(ask(2).texts()).containsExactly("2");
        ask(2).settle(8);
        pass(0);

        assertThat(first.result().position().offset()).isEqualTo(7);
        assertThat(second.result().position().offset()).isEqualTo(8);
        assertThat(routed).containsExactly("7=1", "8=2");
        assertThat(meters.repeats).isEqualTo(1);
        assertThat(meters.drafts).isZero();
        assertThat(meters.bytes).isZero();
    }

    @Test
    void repeatsEndAtThePublishTimeoutAndTheNextGoesOnWithALaterTurn() {
        Future<Ack> first = publish(FEED, "1");
        pass(0);
        pass(10_000);
        Future<Ack> second = publish(FEED, "2");
        for (int i = 0; i < 60 && !first.isComplete(); i++) {
            asks.get(asks.size() - 1).unsettled();
            pass(100);
        }

        assertThat(now).isEqualTo(5_000 + TIMEOUT.toMillis());
        assertThat(first.cause()).isExactlyInstanceOf(UnavailableException.class);
        assertThat(second.isComplete()).isFalse();
        pass(0);
        Ask next = asks.get(asks.size() - 1);
        assertThat(next.texts()).containsExactly("2");
        assertThat(next.turn).isGreaterThan(ask(0).turn);
        next.settle(3);
        pass(0);
        assertThat(second.succeeded()).isTrue();
        assertThat(meters.refused).containsExactlyEntriesOf(Map.of(PublisherListener.Refusal.TIMEOUT, 1));
    }

    @Test
    void anOwnerThatNeverAnswersIsGivenUpAndWhatItAnswersLaterStillReachesSubscribers() {
        Future<Ack> publish = publish(FEED, "1");
        pass(0);
        pass(TIMEOUT.toMillis());
        assertThat(publish.cause()).isExactlyInstanceOf(UnavailableException.class);
        assertThat(meters.drafts).isZero();

        ask(0).settle(4);
        pass(0);
        assertThat(routed).containsExactly("4=1");
    }

    @Test
    void whatWasPublishedBeforeASleepIsNotAppendedAfterIt() {
        Future<Ack> first = publish(FEED, "1");
        pass(0);
        Future<Ack> waiting = publish(FEED, "2");
        now += 60_000;
        ask(0).unsettled();
        pass(0);

        assertThat(first.cause()).isInstanceOf(UnavailableException.class);
        assertThat(waiting.cause()).isInstanceOf(UnavailableException.class);
        assertThat(asks).hasSize(1);
        assertThat(meters.drafts).isZero();
    }

    @Test
    void aKnownMinorityRefusesAtOnceAlsoWhatWaits() {
        Future<Ack> first = publish(FEED, "1");
        pass(0);
        Future<Ack> second = publish(FEED, "2");
        Future<Ack> elsewhere = publish(NEWS, "3");
        pass(0);
        ask(0).promise.fail(new UnavailableException("no majority"));
        pass(0);

        assertThat(first.cause()).isExactlyInstanceOf(UnavailableException.class);
        assertThat(second.cause()).isExactlyInstanceOf(UnavailableException.class);
        assertThat(elsewhere.isComplete()).isFalse();
        assertThat(asks).hasSize(2);
        assertThat(meters.refused).containsExactlyEntriesOf(Map.of(PublisherListener.Refusal.UNAVAILABLE, 2));
    }

    @Test
    void whatIsUnderWayWhenTheMajorityIsLostWaitsNoLongerAndNeitherDoesWhatComesAfterIt() {
        Future<Ack> underWay = publish(FEED, "1");
        pass(0);
        Future<Ack> waiting = publish(FEED, "2");
        pass(Publisher.WATCH_MILLIS);
        assertThat(underWay.isComplete()).isFalse();
        refuses = true;
        pass(Publisher.WATCH_MILLIS);
        assertThat(underWay.cause()).isExactlyInstanceOf(UnavailableException.class);

        assertThat(ask(1).texts()).containsExactly("2");
        ask(1).promise.fail(new UnavailableException("no majority"));
        pass(0);
        assertThat(waiting.cause()).isExactlyInstanceOf(UnavailableException.class);

        ask(0).settle(4);
        pass(0);
        assertThat(routed).containsExactly("4=1");
    }

    @Test
    void aFullLaneIsOverloadAndSaysWhenToComeBack() {
        publish(FEED, "0");
        pass(0);
        IntStream.range(0, 3).forEach(i -> publish(FEED, "w" + i));

        OverloadedException full =
                (OverloadedException) publish(FEED, "one too many").cause();
        assertThat(full.retryAfter()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(5));
        assertThat(publish(NEWS, "another channel").isComplete()).isFalse();
        assertThat(meters.refused).containsExactlyEntriesOf(Map.of(PublisherListener.Refusal.OVERLOADED, 1));
    }

    @Test
    void aLaneThatIsFullBecauseItsOwnerIsLostIsUnavailable() {
        publish(FEED, "0");
        pass(0);
        ask(0).unsettled();
        pass(50);
        IntStream.range(0, 3).forEach(i -> publish(FEED, "w" + i));

        assertThat(publish(FEED, "one too many").cause()).isExactlyInstanceOf(UnavailableException.class);
    }

    @Test
    void allLanesTogetherAreBoundedInDraftsAndInBytes() {
        for (int i = 0; i < 8; i++) {
            assertThat(publish(new ChannelName("room:" + i), "x").isComplete()).isFalse();
        }
        assertThat(publish(FEED, "x").cause()).isInstanceOf(OverloadedException.class);
        pass(0);
        asks.forEach(ask -> ask.settle(1));
        pass(0);

        assertThat(publish(FEED, "x".repeat(990)).isComplete()).isFalse();
        assertThat(publish(NEWS, "x".repeat(20)).cause()).isInstanceOf(OverloadedException.class);
        assertThat(meters.drafts).isEqualTo(1);
    }

    @Test
    void whatATurnPublishesGoesTogether() {
        publish(FEED, "1");
        publish(FEED, "2");
        pass(0);

        assertThat(ask(0).texts()).containsExactly("1", "2");
    }

    private Publisher publisher(Publisher.Bounds bounds) {
        return new Publisher(
                time.eventLoop(),
                "n1/0",
                new ScriptedOwner(),
                (nodes, events) -> events.forEach(event -> {
                    Publication publication = (Publication) event;
                    routed.add(publication.offset() + "="
                            + new String(publication.data().json(), UTF_8));
                }),
                bounds,
                meters,
                () -> now);
    }

    private Future<Ack> publish(ChannelName channel, String text) {
        return publisher.publish(channel, new Draft(Payload.json(text), "alice", null, 0));
    }

    private void pass(long millis) {
        runAll();
        now += millis;
        time.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        runAll();
    }

    /** What is to be done at this moment may leave more to be done. */
    private void runAll() {
        for (int i = 0; i < 10; i++) {
            time.runPendingTasks();
        }
    }

    private Ask ask(int index) {
        return asks.get(index);
    }

    private record Ask(long turn, List<Draft> drafts, Promise<Appended> promise) {
        List<String> texts() {
            return drafts.stream()
                    .map(draft -> new String(draft.data().json(), UTF_8))
                    .toList();
        }

        void settle(long firstOffset) {
            List<Ack> acks = IntStream.range(0, drafts.size())
                    .mapToObj(i -> new Ack(new StreamPosition("e", firstOffset + i), false))
                    .toList();
            promise.tryComplete(new Appended(acks, Set.of("n2")));
        }

        void unsettled() {
            promise.tryFail(new UnsettledException("the owner died"));
        }
    }

    private final class ScriptedOwner implements ChannelOwner {
        @Override
        public Future<Appended> append(ChannelName channel, String origin, long turn, List<Draft> drafts) {
            Ask ask = new Ask(turn, List.copyOf(drafts), Promise.promise());
            asks.add(ask);
            return ask.promise.future();
        }

        @Override
        public boolean refuses() {
            return refuses;
        }

        @Override
        public Future<Recovery> subscribe(
                ChannelName channel,
                long interest,
                @Nullable StreamPosition since,
                int limit,
                @Nullable StreamPosition changesSince) {
            throw new AssertionError("a publisher does not subscribe");
        }

        @Override
        public Future<Void> unsubscribe(ChannelName channel, long interest) {
            throw new AssertionError("a publisher does not unsubscribe");
        }

        @Override
        public Future<Comparison> compare(List<Standing> standings) {
            throw new AssertionError("a publisher does not compare");
        }
    }

    private static final class Meters implements PublisherListener {
        long drafts;
        long bytes;
        int repeats;
        final Map<Refusal, Integer> refused = new EnumMap<>(Refusal.class);

        @Override
        public void waiting(long moreDrafts, long moreBytes) {
            drafts += moreDrafts;
            bytes += moreBytes;
        }

        @Override
        public void appendRepeated() {
            repeats++;
        }

        @Override
        public void refused(Refusal reason, int count) {
            refused.merge(reason, count, Integer::sum);
        }
    }
}
