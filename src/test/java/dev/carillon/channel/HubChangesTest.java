package dev.carillon.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Joins and leaves in order, once, and none missing. */
class HubChangesTest extends HubFixture {
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
        ScriptedOwner.Ask fill = owner.next();
        assertThat(fill.changesSince()).isEqualTo(list(4));
        assertThat(fill.since()).as("nothing is missing of the stream").isNull();
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
        ScriptedOwner.Compared compared = owner.compared();
        assertThat(compared.standings()).extracting(Standing::changes).containsExactly(list(4));
        compared.answer(Drift.Kind.PRESENCE, 0);

        owner.next().answer(roomStands(list(5), change(list(5))));
        settle();
        assertThat(socket.text()).isEqualTo("+5 ");
    }

    @Test
    void aJoinThatComesWhileItIsComparedNeedsNoQuestion() throws Exception {
        Socket socket = inRoom(4);
        inbox.reassert();
        ScriptedOwner.Compared compared = owner.compared();
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
        ScriptedOwner.Ask both = owner.next();
        assertThat(both.since()).isEqualTo(position(0));
        assertThat(both.changesSince()).isEqualTo(list(4));

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
        ScriptedOwner.Ask fill = owner.next();
        clock.addAndGet(600_000);
        fill.fail();
        settle();

        assertThat(socket.text()).isEqualTo("+6 ");
        assertThat(socket.lost).isZero();
        counted(8);
        ScriptedOwner.Ask again = owner.next();
        assertThat(again.changesSince()).isEqualTo(list(6));
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
}
