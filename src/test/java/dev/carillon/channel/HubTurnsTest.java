package dev.carillon.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one turn of the loop brings, told with one write. */
class HubTurnsTest extends HubFixture {
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
    void aTurnTellsOfItsFirstPublicationEvenIfAJoinBeganIt() throws Exception {
        live(FEED, 0);
        onLoop(() -> {
            inbox.deliver(List.of(new Change(FEED, "a")));
            inbox.deliver(List.of(new Change(FEED, "b"), takenAt(70, 1), takenAt(80, 2)));
            return null;
        });
        settle();
        assertThat(turnsOf).containsExactly(70L);

        onLoop(() -> {
            inbox.deliver(List.of(takenAt(90, 3)));
            return null;
        });
        settle();
        assertThat(turnsOf).containsExactly(70L, 90L);
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
}
