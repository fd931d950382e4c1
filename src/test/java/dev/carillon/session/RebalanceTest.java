package dev.carillon.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.config.RebalanceSettings;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ServerFrame;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Who is asked to go to another node, and when, on a clock that the test moves. */
class RebalanceTest extends ClientsOfANode {
    private static final int STEP = 100;
    private static final RebalanceSettings SETTINGS =
            new RebalanceSettings(true, 10, 20, 8, Duration.ofSeconds(5), Duration.ofSeconds(12));

    @Test
    void aNodeWithTooManyAsksSoManyASecondUntilItIsNearTheMean() {
        connect(100, true);
        cluster(0);
        Rebalance rebalance = rebalance();

        advance(rebalance, 5_000);
        assertThat(told).as("while nodes come and go").isEmpty();
        advance(rebalance, 2_000);
        assertThat(told).hasSizeBetween(5, 25).doesNotHaveDuplicates();
        assertThat(sockets.get(told.get(0)).sent)
                .contains(new ServerFrame.Reconnect("rebalancing", Duration.ofSeconds(12), "http://a"));
        advance(rebalance, 9_000);

        // The mean of both is 50; those that were asked are taken for gone.
        assertThat(told).hasSizeBetween(45, 50);
    }

    @Test
    void whoWasAskedStaysUntilItsTimeIsUp() {
        connect(40, true);
        cluster(0);
        Rebalance rebalance = rebalance();
        advance(rebalance, 12_000);
        List<Integer> first = List.copyOf(told);
        assertThat(first).isNotEmpty();
        assertThat(closed()).isEmpty();

        advance(rebalance, 14_000);

        assertThat(closed()).containsAll(first);
        assertThat(first).allMatch(number -> sockets.get(number).closed == CloseCode.DRAINING);
        // The fake other node tells of nobody who came, so that more were asked; not all of those have had their time.
        assertThat(told).containsAll(closed());
    }

    @Test
    void aSmallDifferenceMovesNobodyAndItEndsBeforeNobodyIsAboveTheMean() {
        connect(58, true);
        cluster(44);
        Rebalance rebalance = rebalance();
        advance(rebalance, 20_000);
        // 58 and 44 have 51 in the mean: 7 above it is less than 20 %, and less than 8.
        assertThat(told).isEmpty();

        connect(12, true);
        advance(rebalance, 20_000);
        int moved = told.size();
        assertThat(moved).isBetween(10, 13);

        // They have come to the other, which tells so, and have left here.
        told.forEach(number -> sockets.get(number).session.closed());
        cluster(44 + moved);
        advance(rebalance, 20_000);
        assertThat(told).as("nobody goes to and fro").hasSize(moved);
    }

    @Test
    void whereManyConnectAtOnceNobodyIsSentToNodesThatHaveNotToldYetOfTheirs() {
        connect(20, true);
        cluster(20);
        Rebalance rebalance = rebalance();
        for (int second = 1; second <= 12; second++) {
            connect(100, true);
            if (second % 4 == 0) {
                // As many came there.
                cluster(sockets.size());
            }
            advance(rebalance, 1_000);
        }
        assertThat(told).isEmpty();
    }

    @Test
    void whoDoesNotMoveByItselfIsLeftAlone() {
        connect(50, false);
        connect(5, true);
        cluster(0);

        advance(rebalance(), 10_000);

        assertThat(told).containsExactlyInAnyOrder(50, 51, 52, 53, 54);
        assertThat(closed()).isEmpty();
    }

    @Test
    void aUserWithAsManyConnectionsAsAllowedIsLeftAlone() {
        connect(50, true);
        cluster(0);
        connectionsOfAUser = 5;

        advance(rebalance(), 20_000);

        assertThat(told).isEmpty();
    }

    @Test
    void aNodeThatLeavesIsNoPlaceToGo() {
        connect(50, true);
        nodes.add(node("self", "http://self", 0, false));
        nodes.add(node("a", "http://a", 0, true));

        advance(rebalance(), 20_000);

        assertThat(told).isEmpty();
    }

    @Test
    void aNodeAloneAsksNobody() {
        connect(50, true);
        nodes.add(node("self", "http://self", 0, false));

        advance(rebalance(), 20_000);

        assertThat(told).isEmpty();
    }

    private void cluster(int elsewhere) {
        nodes.clear();
        nodes.addAll(List.of(node("self", "http://self", 0, false), node("a", "http://a", elsewhere, false)));
    }

    private Rebalance rebalance() {
        return new Rebalance(
                registry,
                SETTINGS,
                "self",
                () -> nodes.stream().map(this::told).toList(),
                services().users(),
                () -> 5,
                new Random(7),
                Runnable::run,
                now);
    }

    /** This node tells what it has. */
    private NodeInfo told(NodeInfo node) {
        return node.id().equals("self") ? node("self", "http://self", registry.connections(), false) : node;
    }

    private void advance(Rebalance rebalance, long millis) {
        long until = now + millis;
        while (now < until) {
            now += STEP;
            wheel.turn(now);
            rebalance.step(now);
            channel.runPendingTasks();
        }
    }
}
