package dev.carillon.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.Payload;
import dev.carillon.config.DrainSettings;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ServerFrame;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How sessions are sent away, on a clock that the test moves. */
class DrainTest extends ClientsOfANode {
    private static final int STEP = 50;

    @Test
    void clientsAreToldToMoveAtThePaceInRandomOrderAndClosedWhenTheirTimeHasPassed() {
        connect(300, true);
        Drain drain = drain(settings(0, 100, 1_000, 60_000));

        advance(drain, 950);
        assertThat(told).hasSizeBetween(90, 100).doesNotHaveDuplicates();
        assertThat(told.stream().sorted().toList()).isNotEqualTo(told);
        assertThat(closed()).isEmpty();
        for (int moved : told) {
            assertThat(sockets.get(moved).sent)
                    .contains(new ServerFrame.Reconnect("draining", Duration.ofMillis(1_000), ""));
        }
        List<Integer> first = List.copyOf(told);

        advance(drain, 1_000);
        assertThat(told).hasSizeBetween(190, 200);
        assertThat(closed()).hasSizeBetween(85, 105).containsAnyElementsOf(first);
        advance(drain, 2_200);

        assertThat(told).hasSize(300).doesNotHaveDuplicates();
        assertThat(sockets).allMatch(socket -> socket.closed == CloseCode.DRAINING);
        assertThat(drain.step(now)).isTrue();
        assertThat(drain.closedAtOnce()).isZero();
    }

    @Test
    void whoHasMovedIsNotWaitedFor() {
        connect(10, true);
        Drain drain = drain(settings(0, 1_000, 10_000, 60_000));
        advance(drain, 200);
        assertThat(told).hasSize(10);
        assertThat(drain.step(now)).isFalse();

        sockets.forEach(socket -> socket.session.closed());

        assertThat(drain.step(now)).isTrue();
        assertThat(registry.isEmpty()).isTrue();
        assertThat(closed()).isEmpty();
    }

    @Test
    void aNodeWithoutClientsHasNothingToWaitFor() {
        assertThat(drain(settings(30_000, 1, 10_000, 60_000)).step(now)).isTrue();
    }

    @Test
    void duringTheNoticeNobodyIsSentAwayButNobodyIsLetInEither() {
        connect(5, true);
        Sessions factory = new Sessions(services(), loop);
        assertThat(factory.isAccepting()).isTrue();
        Drain drain = drain(settings(3_000, 1_000, 1_000, 60_000));

        assertThat(factory.isAccepting()).isFalse();
        advance(drain, 2_900);
        assertThat(told).isEmpty();
        advance(drain, 300);
        assertThat(told).hasSize(5);
    }

    @Test
    void clientsThatCannotReadTheFrameAreClosedAtTheirTurn() {
        connect(40, false);
        Drain drain = drain(settings(0, 20, 10_000, 60_000));

        advance(drain, 1_000);
        assertThat(closed()).hasSizeBetween(18, 22);
        advance(drain, 1_200);

        assertThat(sockets).allMatch(socket -> socket.closed == CloseCode.DRAINING);
    }

    @Test
    void aCommandUnderWayIsAnsweredBeforeTheCloseUnlessItTakesTooLong() {
        connect(2, false);
        Socket patient = sockets.get(0);
        patient.session.receive(new ClientFrame.Request(7, ADDRESS, Payload.NULL, null, null));
        Promise<Payload> first = answer;
        answer = Promise.promise();
        Socket unlucky = sockets.get(1);
        unlucky.session.receive(new ClientFrame.Request(8, ADDRESS, Payload.NULL, null, null));
        Drain drain = drain(settings(0, 100, 2_000, 60_000));

        advance(drain, 1_000);
        assertThat(closed()).isEmpty();
        first.complete(Payload.json("1"));
        channel.runPendingTasks();

        assertThat(patient.sent).endsWith(new ServerFrame.Reply(7, Payload.json("1")));
        assertThat(patient.closed).isEqualTo(CloseCode.DRAINING);
        assertThat(unlucky.closed).isNull();
        advance(drain, 1_200);
        assertThat(unlucky.closed).isEqualTo(CloseCode.DRAINING);
    }

    @Test
    void whenTheTimeIsUpEverybodyIsClosedAtOnce() {
        connect(1_000, true);
        Drain drain = drain(settings(0, 10, 1_000, 5_000));

        advance(drain, 4_900);
        assertThat(closed()).hasSizeBetween(30, 50);
        advance(drain, 200);

        assertThat(sockets).allMatch(socket -> socket.closed == CloseCode.DRAINING);
        assertThat(drain.closedAtOnce()).isBetween(950, 970);
    }

    @Test
    void aClientThatHasNotSaidWhoItIsIsSentAwayToo() {
        Socket stranger = open(true);
        Drain drain = drain(settings(0, 100, 1_000, 60_000));

        advance(drain, 100);

        assertThat(stranger.closed).isEqualTo(CloseCode.DRAINING);
        assertThat(registry.connections()).isZero();
    }

    @Test
    void aHandshakeThatWasUnderWayIsSentAwayWithTheOthers() {
        connect(1, true);
        Drain drain = drain(settings(0, 100, 10_000, 60_000));
        advance(drain, 500);
        assertThat(told).hasSize(1);

        connect(1, true);
        advance(drain, 1_100);

        assertThat(told).containsExactly(0, 1);
    }

    @Test
    void aSessionCountsUntilTheClusterHasTakenNoteOfItsEnd() {
        connect(1, true);
        countedOut = Promise.promise();
        sockets.get(0).session.closed();

        assertThat(registry.connections()).isZero();
        assertThat(registry.isEmpty()).isFalse();
        countedOut.complete();
        assertThat(registry.isEmpty()).isTrue();
    }

    @Test
    void clientsAreSpreadOverTheOtherNodesByTheirLoad() {
        nodes.add(node("self", "http://self", 40, false));
        nodes.add(node("a", "http://a", 10, false));
        nodes.add(node("b", "http://b", 30, false));
        nodes.add(node("leaving", "http://leaving", 0, true));
        nodes.add(node("hidden", "", 0, false));
        connect(40, true);
        Drain drain = drain(settings(0, 1_000, 10_000, 60_000));

        advance(drain, 200);

        // Both have 40 then.
        assertThat(urls()).hasSize(40).containsOnly("http://a", "http://b");
        assertThat(urls().stream().filter("http://a"::equals)).hasSize(30);
    }

    @Test
    void aNodeThatLeavesMeanwhileIsNoPlaceToGoAnyMore() {
        nodes.add(node("a", "http://a", 0, false));
        nodes.add(node("b", "http://b", 0, false));
        connect(40, true);
        Drain drain = drain(settings(0, 10, 10_000, 60_000));
        advance(drain, 1_000);
        assertThat(urls()).contains("http://a", "http://b");
        int before = urls().size();
        nodes.set(1, node("b", "http://b", 0, true));

        advance(drain, 2_000);

        // The directory is looked at once a second.
        assertThat(urls().subList(before + 11, urls().size())).isNotEmpty().containsOnly("http://a");
    }

    private Drain drain(DrainSettings settings) {
        return new Drain(registry, settings, "self", () -> List.copyOf(nodes), new Random(7), now);
    }

    private static DrainSettings settings(int notice, int perSecond, int within, int timeout) {
        return new DrainSettings(
                Duration.ofMillis(notice), perSecond, Duration.ofMillis(within), Duration.ofMillis(timeout));
    }

    private void advance(Drain drain, long millis) {
        long until = now + millis;
        boolean done = false;
        while (now < until) {
            now = Math.min(until, now + STEP);
            wheel.turn(now);
            channel.runPendingTasks();
            done = done || drain.step(now);
            channel.runPendingTasks();
        }
    }
}
