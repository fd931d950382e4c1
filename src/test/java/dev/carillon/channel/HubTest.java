package dev.carillon.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A hub on a real event loop, with an owner that the test speaks for. */
@Timeout(60)
class HubTest {
    private static final ChannelName FEED = new ChannelName("feed");
    private static final ChannelName TICK = new ChannelName("tick");

    /** What gathers is told when the test says so. */
    private final List<Runnable> gathered = new CopyOnWriteArrayList<>();

    /** Looks at the channels that nobody wants, when the test says so. */
    private final List<Runnable> givenUp = new CopyOnWriteArrayList<>();

    /** Milliseconds that the loop was asked to wait with something. */
    private final List<Long> delays = new CopyOnWriteArrayList<>();

    private final DefaultEventLoop loop = new DefaultEventLoop() {
        /** Outlives a task that fails, as those that sockets are on. */
        @Override
        public void execute(Runnable task) {
            super.execute(() -> safeExecute(task));
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            delays.add(delay);
            if (delay == Gathering.MILLIS) {
                gathered.add(task);
            } else if (delay == Unrouting.PAUSE_MILLIS) {
                givenUp.add(task);
            } else {
                return super.schedule(task, delay, unit);
            }
            return super.schedule(() -> {}, 1, TimeUnit.DAYS);
        }
    };

    private final ScriptedOwner owner = new ScriptedOwner();
    private final AtomicLong clock = new AtomicLong();
    private final Inbox inbox = new Inbox(owner, TICK::equals, 300, HubListener.NONE, clock::get);
    private final Hub hub = inbox.open(loop);
    private final AtomicInteger encodings = new AtomicInteger();

    /** Of a frame, at least. */
    private final AtomicInteger size = new AtomicInteger(1);

    /** Whether ephemeral channels cannot be encoded. */
    private volatile boolean broken;

    private final WireForm form = event -> {
        if (broken && event.channel().equals(TICK)) {
            throw new IllegalStateException("for the test");
        }
        encodings.incrementAndGet();
        String text = event instanceof Publication publication ? publication.offset() + " " : event + " ";
        return String.format("%-" + size.get() + "s", text).getBytes(UTF_8);
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
    void aSocketThatOneChannelBringsSomethingIsWrittenToAndFlushedAtOnce() throws Exception {
        Socket one = live(FEED, 0);
        Socket both = live(FEED, 0);
        Future<Hub.Joining> joining = join(TICK, both);
        owner.next().answer(Recovery.EPHEMERAL);
        goLive(joining);
        onLoop(() -> {
            inbox.deliver(List.of(publication(1), tick(), publication(2), tick()));
            return null;
        });
        settle();

        assertThat(one.calls).containsExactly("write and flush 1 2 ");
        assertThat(both.calls).containsExactly("write 1 2 ", "write 0 0 ", "flush");
    }

    @Test
    void whatMayWaitGoesTogetherInARushAndBeforeThePublicationThatFollows() throws Exception {
        Socket socket = live(FEED, 0);
        change("a");
        change("b");
        change("c");
        assertThat(socket.writes).as("the first is not in a rush").containsExactly("a ");

        inbox.deliver(List.of(publication(1)));
        settle();
        assertThat(socket.writes).containsExactly("a ", "b c 1 ");
        change("d");
        tellGathered();
        assertThat(socket.writes).containsExactly("a ", "b c 1 ", "d ");
    }

    @Test
    void whoJoinsInARushGetsWhatHasWaitedSinceThenAndOnlyOnce() throws Exception {
        Socket first = live(FEED, 0);
        change("a");
        change("b");
        Socket newcomer = new Socket();
        Future<Hub.Joining> joining = join(FEED, newcomer);
        change("c");

        goLive(joining);
        change("d");
        assertThat(first.writes).containsExactly("a ");
        assertThat(newcomer.writes).isEmpty();

        tellGathered();
        assertThat(newcomer.writes).containsExactly("c d ");
        assertThat(first.writes).containsExactly("a ", "b c d ");
        inbox.deliver(List.of(publication(1)));
        settle();
        assertThat(newcomer.text()).isEqualTo("c d 1 ");
        assertThat(first.text()).isEqualTo("a b c d 1 ");
    }

    @Test
    void aFaultInOneChannelKeepsNoOtherFromItsTurns() throws Exception {
        Socket both = live(FEED, 0);
        Future<Hub.Joining> joining = join(TICK, both);
        owner.next().answer(Recovery.EPHEMERAL);
        goLive(joining);
        broken = true;
        inbox.deliver(List.of(tick(), publication(1)));
        settle();
        broken = false;
        inbox.deliver(List.of(tick(), publication(2)));
        settle();

        assertThat(both.text()).contains("0 ").contains("1 ").contains("2 ");
    }

    @Test
    void joinsThatCameSwappedOrTwiceAreToldInOrderAndOnce() throws Exception {
        Socket socket = inRoom(0);
        counted(2);
        counted(1);
        counted(2);
        counted(3);
        tellGathered();

        assertThat(socket.text()).isEqualTo("+1 +2 +3 ");
        assertThat(owner.asks).isEmpty();
    }

    @Test
    void aJoinThatNeverCameIsReadFromTheOwner() throws Exception {
        Socket socket = inRoom(4);
        counted(6);
        Ask fill = owner.next();
        assertThat(fill.changesSince).isEqualTo(list(4));
        assertThat(fill.since).as("nothing is missing of the stream").isNull();
        assertThat(socket.text()).isEmpty();

        fill.answer(roomStands(list(7), change(list(5)), change(list(6)), change(list(7))));
        settle();
        counted(7);
        assertThat(socket.text()).isEqualTo("+5 +6 +7 ");
        assertThat(socket.lost).isZero();
    }

    @Test
    void aLastLeaveThatNeverCameIsFoundByComparingAndRead() throws Exception {
        Socket socket = inRoom(4);
        inbox.reassert();
        Compared compared = owner.compared();
        assertThat(compared.standings).extracting(Standing::changes).containsExactly(list(4));
        compared.answer(Drift.Kind.PRESENCE, 0);

        owner.next().answer(roomStands(list(5), change(list(5))));
        settle();
        assertThat(socket.text()).isEqualTo("+5 ");
    }

    @Test
    void aJoinThatComesWhileItIsComparedNeedsNoQuestion() throws Exception {
        Socket socket = inRoom(4);
        inbox.reassert();
        Compared compared = owner.compared();
        counted(5);
        delays.clear();
        compared.answer(Drift.Kind.PRESENCE, 0);
        settle();

        assertThat(socket.text()).isEqualTo("+5 ");
        assertThat(delays).doesNotContain(Repairs.IN_FLIGHT_MILLIS);
    }

    @Test
    void whatTheOwnerForgotOfJoinsStaysMissingAndCostsNobodyTheChannel() throws Exception {
        Socket socket = inRoom(4);
        counted(400);
        owner.next().answer(roomStands(list(401)));
        settle();
        counted(401);
        counted(402);
        settle();
        tellGathered();

        assertThat(socket.text()).isEqualTo("+400 +402 ");
        assertThat(socket.lost).isZero();
    }

    @Test
    void theJoinsOfANewListAreToldWhenTheOwnerLostTheOldOne() throws Exception {
        Socket socket = inRoom(4);
        StreamPosition first = new StreamPosition("after", 1);
        inbox.deliver(List.of(new Change(FEED, "+a", new StreamPosition("after", 2))));
        owner.next()
                .answer(roomStands(
                        new StreamPosition("after", 2),
                        new Change(FEED, "+b", first),
                        new Change(FEED, "+a", new StreamPosition("after", 2))));
        settle();

        assertThat(socket.text()).isEqualTo("+b +a ");
        assertThat(socket.lost).isZero();
    }

    @Test
    void theFirstJoinEverNeedsNoQuestion() throws Exception {
        Socket socket = new Socket();
        Future<Hub.Joining> joining = join(FEED, socket);
        owner.next().answer(roomStands(StreamPosition.NONE));
        goLive(joining);
        counted(1);

        assertThat(socket.text()).isEqualTo("+1 ");
        assertThat(owner.asks).isEmpty();
    }

    @Test
    void aMissingPublicationDoesNotWaitForAMissingJoin() throws Exception {
        Socket socket = inRoom(4);
        counted(6);
        assertThat(delays).doesNotContain(Repairs.REORDER_MILLIS).contains(Repairs.IN_FLIGHT_MILLIS);
        inbox.deliver(List.of(publication(2)));
        settle();
        assertThat(delays).contains(Repairs.REORDER_MILLIS);
        Ask both = owner.next();
        assertThat(both.since).isEqualTo(position(0));
        assertThat(both.changesSince).isEqualTo(list(4));

        both.answer(new Recovery(
                position(2),
                true,
                publications(1, 2),
                new Changes(list(6), List.of(change(list(5)), change(list(6))))));
        settle();
        assertThat(socket.text()).isEqualTo("+5 +6 1 2 ");
    }

    @Test
    void joinsThatCannotBeReadAreToldAsTheyCameInTheEnd() throws Exception {
        Socket socket = inRoom(4);
        counted(6);
        Ask fill = owner.next();
        clock.addAndGet(600_000);
        fill.fail();
        settle();

        assertThat(socket.text()).isEqualTo("+6 ");
        assertThat(socket.lost).isZero();
        counted(8);
        Ask again = owner.next();
        assertThat(again.changesSince).isEqualTo(list(6));
        again.answer(roomStands(list(8), change(list(7)), change(list(8))));
        settle();
        tellGathered();
        assertThat(socket.text()).isEqualTo("+6 +7 +8 ");
    }

    private Socket inRoom(long version) throws Exception {
        Socket socket = new Socket();
        Future<Hub.Joining> joining = join(FEED, socket);
        owner.next().answer(roomStands(list(version)));
        goLive(joining);
        return socket;
    }

    private static Recovery roomStands(StreamPosition list, Change... missed) {
        return new Recovery(position(0), false, List.of(), new Changes(list, List.of(missed)));
    }

    private void counted(long version) throws Exception {
        inbox.deliver(List.of(change(list(version))));
        settle();
    }

    private static Change change(StreamPosition at) {
        return new Change(FEED, "+" + at.offset(), at);
    }

    private static StreamPosition list(long version) {
        return new StreamPosition("list", version);
    }

    private void tellGathered() throws Exception {
        loop.submit(gathered.remove(0)).get(30, TimeUnit.SECONDS);
        settle();
    }

    private void change(String name) throws Exception {
        inbox.deliver(List.of(new Change(FEED, name)));
        settle();
    }

    @Test
    void whatIsTooMuchForOneWriteIsWrittenInOrderAndFlushedOnce() throws Exception {
        Socket socket = live(FEED, 0);
        size.set(Turn.MAX_BYTES);
        onLoop(() -> {
            inbox.deliver(List.of(publication(1), publication(2), publication(3)));
            return null;
        });
        settle();

        assertThat(socket.writes).extracting(String::strip).containsExactly("1", "2", "3");
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

        Ask ask = owner.next();
        clock.addAndGet(Repairs.LATE_MILLIS);
        ask.answer(new Recovery(position(3), false, List.of()));
        settle();

        assertThat(socket.lost).isEqualTo(1);
        assertThat(socket.text()).isEmpty();
    }

    @Test
    void whatTheOwnerKeepsNoMoreMayStillComeLate() throws Exception {
        Socket socket = live(FEED, 0);
        inbox.deliver(List.of(publication(3)));
        owner.next().answer(new Recovery(position(3), false, List.of()));
        inbox.deliver(List.of(publication(1)));
        owner.next().answer(new Recovery(position(3), false, List.of()));

        inbox.deliver(List.of(publication(2)));
        settle();

        assertThat(socket.text()).isEqualTo("1 2 3 ");
        assertThat(socket.lost).isZero();
    }

    @Test
    void aPublicationOfANewEpochMeansThatThePositionIsLostAndWhoComesThenGetsTheNewOne() throws Exception {
        Socket socket = live(FEED, 5);
        inbox.deliver(List.of(publication("new", 1)));
        owner.next().answer(new Recovery(new StreamPosition("new", 1), false, List.of()));
        settle();

        assertThat(socket.lost).isEqualTo(1);
        assertThat(socket.left).as("what waits in its backlog is dropped").isEqualTo(1);
        Socket newcomer = live(FEED, "new", 1);
        inbox.deliver(List.of(publication("new", 2)));
        settle();
        assertThat(newcomer.text()).isEqualTo("2 ");
    }

    @Test
    void aLatePublicationOfAnEpochThatIsOverEndsNothing() throws Exception {
        Socket socket = live(FEED, 5);
        inbox.deliver(List.of(publication("old", 9)));
        owner.next().answer(new Recovery(position(5), true, List.of()));
        inbox.deliver(List.of(publication(6)));
        settle();

        assertThat(socket.lost).isZero();
        assertThat(socket.text()).isEqualTo("6 ");
    }

    @Test
    void anOwnerThatAnswersAJoinWithANewEpochEndsTheOldStreamAndTheJoinerIsTheFirstOfTheNew() throws Exception {
        Socket old = live(FEED, 5);
        Socket joiner = new Socket();
        Future<Hub.Joining> joining = join(FEED, joiner, position(3));
        // It came before the answer, which the hub cannot know to be of the joiner's stream.
        inbox.deliver(List.of(publication("new", 1)));
        settle();
        owner.next().answer(new Recovery(new StreamPosition("new", 0), false, List.of()));
        goLive(joining);
        assertThat(old.lost).isEqualTo(1);

        Ask doubt = owner.nextSince(new StreamPosition("new", 0));
        doubt.answer(new Recovery(new StreamPosition("new", 1), true, List.of(publication("new", 1))));
        settle();
        inbox.deliver(List.of(publication("new", 2)));
        settle();

        assertThat(joiner.lost).isZero();
        assertThat(joiner.text()).isEqualTo("1 2 ");
        assertThat(hub.subscriptions()).isEqualTo(1);
    }

    @Test
    void whoSubscribesAgainAtOnceBeginsAnewWhileOthersAreStillBeingTold() throws Exception {
        List<Future<Hub.Joining>> again = new ArrayList<>();
        List<Socket> sockets = List.of(live(FEED, 5), live(FEED, 5));
        for (Socket socket : sockets) {
            socket.whenLost = () -> again.add(hub.subscribe(FEED, socket, position(5)));
        }
        inbox.deliver(List.of(publication("new", 1)));
        owner.next().answer(new Recovery(new StreamPosition("new", 1), false, List.of()));
        settle();
        for (Future<Hub.Joining> joining : again) {
            owner.next().answer(new Recovery(new StreamPosition("new", 1), false, List.of()));
            goLive(joining);
        }
        inbox.deliver(List.of(publication("new", 2)));
        settle();

        assertThat(again).hasSize(2);
        assertThat(sockets).allSatisfy(socket -> {
            assertThat(socket.lost).isEqualTo(1);
            assertThat(socket.text()).isEqualTo("2 ");
        });
    }

    @Test
    void aComparisonThatFindsANewEpochMeansThatThePositionIsLost() throws Exception {
        Socket socket = live(FEED, 5);
        inbox.reassert();
        Compared compared = owner.compared();
        assertThat(compared.standings).extracting(Standing::position).containsExactly(position(5));
        compared.answer(Drift.Kind.OTHER_STREAM, 0);
        owner.next().answer(new Recovery(new StreamPosition("new", 0), false, List.of()));
        settle();

        assertThat(socket.lost).isEqualTo(1);
    }

    @Test
    void aLastPublicationThatNeverCameIsFoundByComparingAndRead() throws Exception {
        Socket socket = live(FEED, 5);
        inbox.reassert();
        owner.compared().answer(Drift.Kind.BEHIND, 6);
        Ask fill = owner.next();
        assertThat(fill.since).isEqualTo(position(5));
        fill.answer(new Recovery(position(6), true, publications(6, 6)));
        settle();

        assertThat(socket.text()).isEqualTo("6 ");
    }

    @Test
    void whoComesToAChannelThatIsLiveHereIsAnsweredWithoutItsOwner() throws Exception {
        Socket first = live(FEED, 5);
        Socket newcomer = new Socket();
        Socket returned = new Socket();
        Future<Hub.Joining> coming = join(FEED, newcomer);
        Future<Hub.Joining> returning = join(FEED, returned, position(5));
        assertThat(coming.result().recovery()).isEqualTo(new Recovery(position(5), false, List.of()));
        assertThat(returning.result().recovery()).isEqualTo(new Recovery(position(5), true, List.of()));

        inbox.deliver(List.of(publication(6)));
        goLive(coming);
        goLive(returning);
        inbox.deliver(List.of(publication(7)));
        settle();
        assertThat(List.of(first, newcomer, returned))
                .allSatisfy(socket -> assertThat(socket.text()).isEqualTo("6 7 "));
        assertThat(owner.asks).isEmpty();
    }

    @Test
    void whoMissedSomethingOrHasMoreThanCameHereIsAnsweredByTheOwner() throws Exception {
        live(FEED, 5);
        join(FEED, new Socket(), position(4));
        assertThat(owner.next().since).isEqualTo(position(4));
        join(FEED, new Socket(), position(6));
        assertThat(owner.next().since).isEqualTo(position(6));
        join(FEED, new Socket(), new StreamPosition("before", 5));
        assertThat(owner.next().since).isEqualTo(new StreamPosition("before", 5));
    }

    @Test
    void whileSomethingIsMissingInDoubtOrRefusedTheOwnerIsAsked() throws Exception {
        live(FEED, 5);
        inbox.deliver(List.of(publication(7)));
        settle();
        join(FEED, new Socket());
        assertThat(owner.next().since).as("a newcomer's question").isNull();
        Ask fill = owner.next();
        assertThat(fill.since).isEqualTo(position(5));
        fill.answer(new Recovery(position(7), true, publications(6, 7)));
        settle();

        assertThat(join(FEED, new Socket()).isComplete()).isTrue();
        owner.refuses = true;
        assertThat(join(FEED, new Socket()).isComplete()).isFalse();
        assertThat(owner.next().since).isNull();
    }

    @Test
    void theOwnerOfAnEphemeralChannelIsAskedUntilItRoutedIt() throws Exception {
        Future<Hub.Joining> first = join(TICK, new Socket());
        Ask routes = owner.next();
        Future<Hub.Joining> early = join(TICK, new Socket());
        Ask routesToo = owner.next();
        routes.answer(Recovery.EPHEMERAL);
        goLive(first);

        assertThat(join(TICK, new Socket()).result().recovery()).isEqualTo(Recovery.EPHEMERAL);
        assertThat(early.isComplete()).isFalse();
        routesToo.answer(Recovery.EPHEMERAL);
        goLive(early);
        assertThat(owner.asks).isEmpty();
    }

    @Test
    void whoWasAnsweredHereIsToldWhenTheStreamIsLost() throws Exception {
        live(FEED, 5);
        Socket newcomer = new Socket();
        Future<Hub.Joining> coming = join(FEED, newcomer);
        inbox.deliver(List.of(publication("new", 1)));
        owner.next().answer(new Recovery(new StreamPosition("new", 1), false, List.of()));
        settle();
        goLive(coming);

        assertThat(newcomer.lost).isEqualTo(1);
        assertThat(hub.subscriptions()).isZero();
    }

    @Test
    void aLostRoutingIsRenewedWithALaterInterest() throws Exception {
        Socket socket = new Socket();
        Future<Hub.Joining> joining = join(TICK, socket);
        Ask first = owner.next();
        first.answer(Recovery.EPHEMERAL);
        goLive(joining);
        inbox.reassert();
        Compared compared = owner.compared();
        assertThat(compared.standings).containsExactly(new Standing(TICK, first.interest, null, null));
        compared.answer(Drift.Kind.UNROUTED, 0);

        Ask again = owner.next();
        assertThat(again.interest).isGreaterThan(first.interest);
        again.answer(Recovery.EPHEMERAL);
        settle();
        inbox.reassert();

        assertThat(owner.compared().standings).containsExactly(new Standing(TICK, again.interest, null, null));
        assertThat(socket.lost).isZero();
    }

    @Test
    void anOwnerThatHasLessThanWasSeenHasAnotherHistory() throws Exception {
        Socket socket = live(FEED, 5);
        inbox.deliver(List.of(publication(7)));
        owner.next().answer(new Recovery(position(6), true, publications(6, 6)));
        settle();

        assertThat(socket.lost).isEqualTo(1);
    }

    @Test
    void whoAsksForAComparisonWhileOneRunsSharesTheNext() throws Exception {
        live(FEED, 5);
        Future<Reasserted> first = inbox.reassert();
        Compared running = owner.compared();
        Future<Reasserted> second = inbox.reassert();
        Future<Reasserted> third = inbox.reassert();
        running.promise.complete(new Comparison(List.of(), 1));
        owner.compared().promise.complete(new Comparison(List.of(), 0));
        assertThat(first.await(30, TimeUnit.SECONDS)).isEqualTo(new Reasserted(1, 0, 1));
        assertThat(second.await(30, TimeUnit.SECONDS)).isEqualTo(new Reasserted(1, 0, 0));

        assertThat(third.await(30, TimeUnit.SECONDS)).isEqualTo(new Reasserted(1, 0, 0));
        assertThat(owner.comparisons).isEmpty();
    }

    @Test
    void allChannelsAreComparedInSlicesHoweverManyThereAre() throws Exception {
        int count = Reassertion.SLICE * 2 + 7;
        for (int i = 0; i < count; i++) {
            ChannelName channel = new ChannelName("feed:" + i);
            onLoop(() -> hub.subscribe(channel, new Socket(), null));
            owner.next().answer(new Recovery(position(0), false, List.of()));
        }
        settle();
        inbox.reassert();

        assertThat(owner.compared().standings)
                .extracting(standing -> standing.channel().value())
                .hasSize(count)
                .doesNotHaveDuplicates();
    }

    @Test
    void aHoleIsAskedForAgainForAsLongAsTheOwnerIsInDoubtAndThenLost() throws Exception {
        Socket socket = live(FEED, 0);
        inbox.deliver(List.of(publication(3)));
        for (int attempt = 0; attempt < 5; attempt++) {
            owner.next().fail();
        }
        assertThat(socket.lost).isZero();
        owner.next().answer(new Recovery(position(3), true, publications(1, 3)));
        settle();
        assertThat(socket.text()).isEqualTo("1 2 3 ");

        inbox.deliver(List.of(publication(5)));
        Ask hopeless = owner.next();
        clock.addAndGet(Patience.OF_REPAIRS.limitMillis());
        hopeless.fail();
        settle();

        assertThat(socket.lost).isEqualTo(1);
        assertThat(hub.subscriptions()).isZero();
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
    void whoIsAnsweredAfterALaterAnswerMissesNothingThatLiesBetween() throws Exception {
        Socket first = new Socket();
        Socket second = new Socket();
        Future<Hub.Joining> joiningFirst = join(FEED, first);
        Ask early = owner.next();
        Future<Hub.Joining> joiningSecond = join(FEED, second);
        Ask late = owner.next();
        inbox.deliver(List.of(publication(6)));
        settle();

        late.answer(new Recovery(position(6), true, publications(5, 6)));
        goLive(joiningSecond);
        early.answer(new Recovery(position(5), true, publications(5, 5)));
        settle();
        assertThat(joiningFirst.isComplete())
                .as("6 came and is held for nobody")
                .isFalse();
        owner.next().answer(new Recovery(position(7), true, publications(5, 7)));
        goLive(joiningFirst);
        inbox.deliver(publications(7, 8));
        settle();

        assertThat(joiningFirst.result().recovery().position().offset()).isEqualTo(7);
        assertThat(first.text()).isEqualTo("8 ");
        assertThat(second.text()).isEqualTo("7 8 ");
    }

    @Test
    void whoIsAnsweredTwiceWithLessThanCameHereIsRefusedAndTheStreamDoubted() throws Exception {
        Socket live = live(FEED, 5);
        Socket newcomer = new Socket();
        Future<Hub.Joining> joining = join(FEED, newcomer, position(3));
        owner.next().answer(new Recovery(position(4), true, List.of()));
        owner.next().answer(new Recovery(position(4), true, List.of()));
        settle();

        assertThat(joining.cause()).isInstanceOf(UnavailableException.class);
        owner.nextSince(position(5)).answer(new Recovery(position(4), false, List.of()));
        settle();
        assertThat(live.lost).isEqualTo(1);
    }

    @Test
    void whatASubscriberWasToldIsSkippedForItAloneWhenItReachesTheLoopLater() throws Exception {
        Socket early = live(FEED, 0);
        Socket late = ahead(2);
        inbox.deliver(publications(1, 3));
        settle();

        assertThat(early.text()).isEqualTo("1 2 3 ");
        assertThat(late.text()).isEqualTo("3 ");
    }

    @Test
    void publicationsThatASubscriberWasToldOfAndThatNeverArriveAreReadForTheOthers() throws Exception {
        Socket early = live(FEED, 0);
        Socket late = ahead(2);
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
        assertThat(owner.unrouted).as("it may be wanted again in a moment").isEmpty();
        clock.addAndGet(Unrouting.PAUSE_MILLIS);
        givenUp.forEach(loop::execute);
        settle();

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
        inbox.deliver(List.of(tick(), tick()));
        settle();

        assertThat(socket.text()).isEqualTo("0 0 ");
    }

    private Socket live(ChannelName channel, long offset) throws Exception {
        return live(channel, "e", offset);
    }

    private Socket live(ChannelName channel, String epoch, long offset) throws Exception {
        Socket socket = new Socket();
        Future<Hub.Joining> joining = join(channel, socket);
        if (!joining.isComplete()) {
            owner.next().answer(new Recovery(new StreamPosition(epoch, offset), false, List.of()));
        }
        goLive(joining);
        return socket;
    }

    /** One whom the owner told of more than has come here. */
    private Socket ahead(long offset) throws Exception {
        Socket socket = new Socket();
        Future<Hub.Joining> joining = join(FEED, socket, position(offset));
        owner.next().answer(new Recovery(position(offset), true, List.of()));
        goLive(joining);
        return socket;
    }

    private Future<Hub.Joining> join(ChannelName channel, Socket socket) throws Exception {
        return join(channel, socket, null);
    }

    private Future<Hub.Joining> join(ChannelName channel, Socket socket, @Nullable StreamPosition since)
            throws Exception {
        return onLoop(() -> hub.subscribe(channel, socket, since));
    }

    private void goLive(Future<Hub.Joining> joining) throws Exception {
        settle();
        onLoop(() -> {
            hub.goLive(joining.result());
            return null;
        });
        settle();
    }

    /** Until the loop has done what it was given, the end of a turn included. */
    private void settle() throws Exception {
        for (int i = 0; i < 3; i++) {
            onLoop(() -> null);
        }
    }

    private <T> T onLoop(Callable<T> work) throws Exception {
        return loop.submit(work).get(30, TimeUnit.SECONDS);
    }

    private static StreamPosition position(long offset) {
        return new StreamPosition("e", offset);
    }

    private static Publication publication(long offset) {
        return publication("e", offset);
    }

    private static Publication publication(String epoch, long offset) {
        return new Publication(FEED, new StreamPosition(epoch, offset), Payload.NULL, null, 0);
    }

    private static Publication tick() {
        return new Publication(TICK, StreamPosition.NONE, Payload.NULL, null, 0);
    }

    private static List<Publication> publications(long from, long to) {
        return LongStream.rangeClosed(from, to).mapToObj(HubTest::publication).toList();
    }

    private final class Socket extends Subscriber {
        final List<String> writes = new ArrayList<>();
        final List<String> calls = new ArrayList<>();
        int flushes;
        int lost;
        int left;
        Runnable whenLost = () -> {};

        @Override
        public WireForm form() {
            return form;
        }

        @Override
        public void write(Turn turn) {
            writes.add(turn.joined().toString(UTF_8));
            calls.add("write " + turn.joined().toString(UTF_8));
        }

        @Override
        public void flush() {
            flushes++;
            calls.add("flush");
        }

        @Override
        public void writeAndFlush(Turn turn) {
            writes.add(turn.joined().toString(UTF_8));
            calls.add("write and flush " + turn.joined().toString(UTF_8));
            flushes++;
        }

        @Override
        public void left(ChannelName channel) {
            left++;
        }

        @Override
        public void positionLost(ChannelName channel) {
            lost++;
            whenLost.run();
        }

        String text() {
            return String.join("", writes);
        }
    }

    /** A subscribe that waits for the test's answer. */
    private record Ask(
            long interest,
            @Nullable StreamPosition since,
            @Nullable StreamPosition changesSince,
            Promise<Recovery> promise) {
        void answer(Recovery recovery) {
            promise.complete(recovery);
        }

        void fail() {
            promise.fail(new UnavailableException("for the test"));
        }
    }

    /** A comparison that waits for the test's answer. */
    private record Compared(List<Standing> standings, Promise<Comparison> promise) {
        /** The only channel stands differently. */
        void answer(Drift.Kind kind, long ownerOffset) {
            promise.complete(new Comparison(List.of(new Drift(standings.get(0), kind, ownerOffset)), 0));
        }
    }

    private static final class ScriptedOwner implements ChannelOwner {
        private final java.util.concurrent.BlockingQueue<Ask> asks = new java.util.concurrent.LinkedBlockingQueue<>();
        final java.util.concurrent.BlockingQueue<Compared> comparisons =
                new java.util.concurrent.LinkedBlockingQueue<>();
        final List<Long> unrouted = new CopyOnWriteArrayList<>();
        volatile boolean refuses;

        Ask next() throws InterruptedException {
            Ask ask = asks.poll(30, TimeUnit.SECONDS);
            assertThat(ask).as("a question to the owner").isNotNull();
            return java.util.Objects.requireNonNull(ask);
        }

        /** The question from a position, passing over others, which nobody answers. */
        Ask nextSince(StreamPosition since) throws InterruptedException {
            Ask ask = next();
            while (!since.equals(ask.since)) {
                ask = next();
            }
            return ask;
        }

        Compared compared() throws InterruptedException {
            Compared compared = comparisons.poll(30, TimeUnit.SECONDS);
            assertThat(compared).as("a comparison").isNotNull();
            return java.util.Objects.requireNonNull(compared);
        }

        @Override
        public Future<Comparison> compare(List<Standing> standings) {
            Compared compared = new Compared(standings, Promise.promise());
            comparisons.add(compared);
            return compared.promise.future();
        }

        @Override
        public Future<Appended> append(ChannelName channel, String origin, long turn, List<Draft> drafts) {
            throw new AssertionError("a hub does not append");
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
            Ask ask = new Ask(interest, since, changesSince, Promise.promise());
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
