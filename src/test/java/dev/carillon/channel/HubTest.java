package dev.carillon.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A hub on a real event loop, with an owner that the test speaks for. */
@Timeout(20)
class HubTest {
    private static final ChannelName FEED = new ChannelName("feed");
    private static final ChannelName TICK = new ChannelName("tick");

    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final ScriptedOwner owner = new ScriptedOwner();
    private final Inbox inbox = new Inbox(owner, TICK::equals, 300, HubListener.NONE);
    private final Hub hub = inbox.open(loop);
    private final AtomicInteger encodings = new AtomicInteger();
    private final WireForm form = event -> {
        encodings.incrementAndGet();
        return (((Publication) event).offset() + " ").getBytes(UTF_8);
    };

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void anEventIsEncodedOnceHoweverManySocketsGetIt() throws Exception {
        List<Socket> sockets = List.of(live(FEED, 0), live(FEED, 0), live(FEED, 0));
        inbox.deliver(List.of(publication(1)));
        inbox.deliver(List.of(publication(2)));
        settle();

        sockets.forEach(socket -> assertThat(socket.text()).isEqualTo("1 2 "));
        assertThat(encodings).hasValue(2);
    }

    @Test
    void whatATurnBringsIsOneWriteAndOneFlushForEachSocket() throws Exception {
        Socket socket = live(FEED, 0);
        onLoop(() -> {
            inbox.deliver(List.of(publication(1), publication(2)));
            inbox.deliver(List.of(publication(3)));
            return null;
        });
        settle();

        assertThat(socket.writes).containsExactly("1 2 3 ");
        assertThat(socket.flushes).isEqualTo(1);
    }

    @Test
    void aHoleIsFilledFromTheOwnerInOrder() throws Exception {
        Socket socket = live(FEED, 0);
        inbox.deliver(List.of(publication(3)));
        Ask fill = owner.next();
        assertThat(fill.since).isEqualTo(new StreamPosition("e", 0));

        fill.answer(new Recovery(position(3), true, publications(1, 3)));
        settle();

        assertThat(socket.text()).isEqualTo("1 2 3 ");
    }

    @Test
    void aHoleThatTheOwnerCannotFillMeansThatThePositionIsLostNeverSilence() throws Exception {
        Socket socket = live(FEED, 0);
        inbox.deliver(List.of(publication(3)));

        owner.next().answer(new Recovery(position(3), false, List.of()));
        settle();

        assertThat(socket.lost).isTrue();
        assertThat(socket.text()).isEmpty();
    }

    @Test
    void anotherEpochMeansThatThePositionIsLost() throws Exception {
        Socket socket = live(FEED, 5);
        inbox.deliver(List.of(new Publication(FEED, new StreamPosition("other", 1), Payload.NULL, null, 0)));
        settle();

        assertThat(socket.lost).isTrue();
    }

    @Test
    void whatArrivesWhileASubscriberJoinsFollowsItsPositionWithoutHoleOrDouble() throws Exception {
        Socket socket = new Socket();
        Future<Hub.Joining> joining = join(FEED, socket);
        inbox.deliver(publications(4, 6));
        settle();
        owner.next().answer(new Recovery(position(5), false, List.of()));
        goLive(joining);

        assertThat(socket.text()).as("4 and 5 were in the answer").isEqualTo("6 ");
    }

    @Test
    void whatASubscriberWasToldIsSkippedForItAloneWhenItReachesTheLoopLater() throws Exception {
        Socket early = live(FEED, 0);
        Socket late = live(FEED, 2);
        inbox.deliver(publications(1, 3));
        settle();

        assertThat(early.text()).isEqualTo("1 2 3 ");
        assertThat(late.text()).isEqualTo("3 ");
    }

    @Test
    void publicationsThatASubscriberWasToldOfAndThatNeverArriveAreReadForTheOthers() throws Exception {
        Socket early = live(FEED, 0);
        Socket late = live(FEED, 2);
        owner.next().answer(new Recovery(position(2), true, publications(1, 2)));
        settle();
        inbox.deliver(List.of(publication(3)));
        settle();

        assertThat(early.text()).isEqualTo("1 2 3 ");
        assertThat(late.text()).isEqualTo("3 ");
    }

    @Test
    void theLastOneToLeaveEndsTheRoutingWithALaterInterestThanTheOneThatBeganIt() throws Exception {
        Socket first = new Socket();
        Future<Hub.Joining> joining = join(FEED, first);
        Ask ask = owner.next();
        ask.answer(new Recovery(position(0), false, List.of()));
        goLive(joining);
        Subscription subscription = joining.result().subscription();

        onLoop(() -> {
            hub.unsubscribe(subscription);
            hub.unsubscribe(subscription);
            return null;
        });

        assertThat(owner.unrouted)
                .hasSize(1)
                .allSatisfy(interest -> assertThat(interest).isGreaterThan(ask.interest));
        assertThat(hub.subscriptions()).isZero();
    }

    @Test
    void aStrayEventEndsARoutingThatNobodyWants() throws Exception {
        inbox.deliver(List.of(publication(1)));
        settle();

        assertThat(owner.unrouted).hasSize(1);
    }

    @Test
    void aFailedSubscribeLeavesNothingBehind() throws Exception {
        Socket socket = new Socket();
        Future<Hub.Joining> joining = join(FEED, socket);
        owner.next().fail();
        settle();

        assertThat(joining.failed()).isTrue();
        assertThat(hub.subscriptions()).isZero();
        assertThat(inbox.interests().channels()).isZero();
    }

    @Test
    void anEphemeralChannelNeedsNoOffsets() throws Exception {
        Socket socket = new Socket();
        Future<Hub.Joining> joining = join(TICK, socket);
        owner.next().answer(Recovery.EPHEMERAL);
        goLive(joining);
        Publication tick = new Publication(TICK, StreamPosition.NONE, Payload.NULL, null, 0);
        inbox.deliver(List.of(tick, tick));
        settle();

        assertThat(socket.text()).isEqualTo("0 0 ");
    }

    private Socket live(ChannelName channel, long offset) throws Exception {
        Socket socket = new Socket();
        Future<Hub.Joining> joining = join(channel, socket);
        owner.next().answer(new Recovery(position(offset), false, List.of()));
        goLive(joining);
        return socket;
    }

    private Future<Hub.Joining> join(ChannelName channel, Socket socket) throws Exception {
        return onLoop(() -> hub.subscribe(channel, socket, null));
    }

    private void goLive(Future<Hub.Joining> joining) throws Exception {
        settle();
        onLoop(() -> {
            hub.goLive(joining.result());
            return null;
        });
    }

    /** Until the loop has done what it was given, the end of a turn included. */
    private void settle() throws Exception {
        for (int i = 0; i < 3; i++) {
            onLoop(() -> null);
        }
    }

    private <T> T onLoop(Callable<T> work) throws Exception {
        return loop.submit(work).get(10, TimeUnit.SECONDS);
    }

    private static StreamPosition position(long offset) {
        return new StreamPosition("e", offset);
    }

    private static Publication publication(long offset) {
        return new Publication(FEED, position(offset), Payload.NULL, null, 0);
    }

    private static List<Publication> publications(long from, long to) {
        return LongStream.rangeClosed(from, to).mapToObj(HubTest::publication).toList();
    }

    private final class Socket extends Subscriber {
        final List<String> writes = new ArrayList<>();
        int flushes;
        boolean lost;

        @Override
        public WireForm form() {
            return form;
        }

        @Override
        public void write(Turn turn) {
            writes.add(turn.joined().toString(UTF_8));
        }

        @Override
        public void flush() {
            flushes++;
        }

        @Override
        public void positionLost(ChannelName channel) {
            lost = true;
        }

        String text() {
            return String.join("", writes);
        }
    }

    /** A subscribe that waits for the test's answer. */
    private record Ask(long interest, @Nullable StreamPosition since, Promise<Recovery> promise) {
        void answer(Recovery recovery) {
            promise.complete(recovery);
        }

        void fail() {
            promise.fail(new UnavailableException("for the test"));
        }
    }

    private static final class ScriptedOwner implements ChannelOwner {
        private final java.util.concurrent.BlockingQueue<Ask> asks = new java.util.concurrent.LinkedBlockingQueue<>();
        final List<Long> unrouted = new java.util.concurrent.CopyOnWriteArrayList<>();

        Ask next() throws InterruptedException {
            Ask ask = asks.poll(10, TimeUnit.SECONDS);
            assertThat(ask).as("a question to the owner").isNotNull();
            return java.util.Objects.requireNonNull(ask);
        }

        @Override
        public Future<Appended> append(ChannelName channel, String origin, long turn, List<Draft> drafts) {
            throw new AssertionError("a hub does not append");
        }

        @Override
        public Future<Recovery> subscribe(
                ChannelName channel, long interest, @Nullable StreamPosition since, int limit) {
            Ask ask = new Ask(interest, since, Promise.promise());
            asks.add(ask);
            return ask.promise.future();
        }

        @Override
        public Future<Void> unsubscribe(ChannelName channel, long interest) {
            unrouted.add(interest);
            return Future.succeededFuture();
        }
    }
}
