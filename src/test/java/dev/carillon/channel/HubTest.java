package dev.carillon.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Holes, lost streams and lost routes. */
class HubTest extends HubFixture {
    @Test
    void aHoleIsFilledFromTheOwnerInOrder() throws Exception {
        Socket socket = live(FEED, 0);
        inbox.deliver(List.of(publication(3)));
        ScriptedOwner.Ask fill = owner.next();
        assertThat(fill.since()).isEqualTo(new StreamPosition("e", 0));

        fill.answer(new Recovery(position(3), true, publications(1, 3)));
        settle();

        assertThat(socket.text()).isEqualTo("1 2 3 ");
    }

    @Test
    void aHoleThatTheOwnerCannotFillMeansThatThePositionIsLostNeverSilence() throws Exception {
        Socket socket = live(FEED, 0);
        inbox.deliver(List.of(publication(3)));

        ScriptedOwner.Ask ask = owner.next();
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
    void whatCameWhileTheOwnerWasAskedIsNotMissed() throws Exception {
        Socket socket = live(FEED, 0);
        inbox.deliver(List.of(publication(2)));
        ScriptedOwner.Ask ask = owner.next();
        inbox.deliver(List.of(publication(1), publication(3), publication(4)));

        // As it stood between 3 and 4, with a history that does not reach back to where this loop stood.
        ask.answer(new Recovery(position(3), false, List.of()));
        settle();

        assertThat(socket.lost).isZero();
        assertThat(socket.text()).isEqualTo("1 2 3 4 ");
    }

    @Test
    void oneHoleAfterAnotherHasATimeOfItsOwn() throws Exception {
        Socket socket = live(FEED, 0);
        inbox.deliver(List.of(publication(3)));
        owner.next().answer(new Recovery(position(3), false, List.of()));
        settle();
        clock.addAndGet(Repairs.LATE_MILLIS);
        inbox.deliver(List.of(publication(1), publication(2), publication(5)));

        owner.nextSince(position(3)).answer(new Recovery(position(5), false, List.of()));
        settle();
        assertThat(socket.lost).isZero();
        inbox.deliver(List.of(publication(4)));
        settle();

        assertThat(socket.text()).isEqualTo("1 2 3 4 5 ");
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

        ScriptedOwner.Ask doubt = owner.nextSince(new StreamPosition("new", 0));
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
        ScriptedOwner.Compared compared = owner.compared();
        assertThat(compared.standings()).extracting(Standing::position).containsExactly(position(5));
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
        ScriptedOwner.Ask fill = owner.next();
        assertThat(fill.since()).isEqualTo(position(5));
        fill.answer(new Recovery(position(6), true, publications(6, 6)));
        settle();

        assertThat(socket.text()).isEqualTo("6 ");
    }

    @Test
    void aLostRoutingIsRenewedWithALaterInterest() throws Exception {
        Socket socket = new Socket();
        Future<Hub.Joining> joining = join(TICK, socket);
        ScriptedOwner.Ask first = owner.next();
        first.answer(Recovery.EPHEMERAL);
        goLive(joining);
        inbox.reassert();
        ScriptedOwner.Compared compared = owner.compared();
        assertThat(compared.standings()).containsExactly(new Standing(TICK, first.interest(), null, null));
        compared.answer(Drift.Kind.UNROUTED, 0);

        ScriptedOwner.Ask again = owner.next();
        assertThat(again.interest()).isGreaterThan(first.interest());
        again.answer(Recovery.EPHEMERAL);
        settle();
        inbox.reassert();

        assertThat(owner.compared().standings()).containsExactly(new Standing(TICK, again.interest(), null, null));
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
        ScriptedOwner.Compared running = owner.compared();
        Future<Reasserted> second = inbox.reassert();
        Future<Reasserted> third = inbox.reassert();
        running.promise().complete(new Comparison(List.of(), 1));
        owner.compared().promise().complete(new Comparison(List.of(), 0));
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

        assertThat(owner.compared().standings())
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
        ScriptedOwner.Ask hopeless = owner.next();
        clock.addAndGet(Patience.OF_REPAIRS.limitMillis());
        hopeless.fail();
        settle();

        assertThat(socket.lost).isEqualTo(1);
        assertThat(hub.subscriptions()).isZero();
    }
}
