package dev.carillon.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who comes to a channel, who answers them, and what they are told. */
class HubSubscribeTest extends HubFixture {
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
        assertThat(owner.next().since()).isEqualTo(position(4));
        join(FEED, new Socket(), position(6));
        assertThat(owner.next().since()).isEqualTo(position(6));
        join(FEED, new Socket(), new StreamPosition("before", 5));
        assertThat(owner.next().since()).isEqualTo(new StreamPosition("before", 5));
    }

    @Test
    void whileSomethingIsMissingInDoubtOrRefusedTheOwnerIsAsked() throws Exception {
        live(FEED, 5);
        inbox.deliver(List.of(publication(7)));
        settle();
        join(FEED, new Socket());
        assertThat(owner.next().since()).as("a newcomer's question").isNull();
        ScriptedOwner.Ask fill = owner.next();
        assertThat(fill.since()).isEqualTo(position(5));
        fill.answer(new Recovery(position(7), true, publications(6, 7)));
        settle();

        assertThat(join(FEED, new Socket()).isComplete()).isTrue();
        owner.refuses = true;
        assertThat(join(FEED, new Socket()).isComplete()).isFalse();
        assertThat(owner.next().since()).isNull();
    }

    @Test
    void theOwnerOfAnEphemeralChannelIsAskedUntilItRoutedIt() throws Exception {
        Future<Hub.Joining> first = join(TICK, new Socket());
        ScriptedOwner.Ask routes = owner.next();
        Future<Hub.Joining> early = join(TICK, new Socket());
        ScriptedOwner.Ask routesToo = owner.next();
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
        ScriptedOwner.Ask early = owner.next();
        Future<Hub.Joining> joiningSecond = join(FEED, second);
        ScriptedOwner.Ask late = owner.next();
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
        ScriptedOwner.Ask ask = owner.next();
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
                .allSatisfy(interest -> assertThat(interest).isGreaterThan(ask.interest()));
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
}
