package dev.carillon.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.it.chaos.nodes.ProcessNodes;
import dev.carillon.it.chaos.scenario.Freeze;
import dev.carillon.it.chaos.scenario.KillOwner;
import dev.carillon.it.chaos.scenario.Report;
import dev.carillon.it.chaos.scenario.RollingRestart;
import dev.carillon.it.chaos.scenario.Run;
import dev.carillon.it.chaos.scenario.Scenario;
import dev.carillon.it.chaos.scenario.Size;
import dev.carillon.it.chaos.scenario.TwoKilled;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The faults of {@code scripts/chaos}, small, one after the other on the same three nodes: each test leaves them whole. The
 * one that may lose something comes last.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ChaosClusterIT {
    private static final long SEED = 7;

    /** Longer than it takes the others to give a frozen node up. */
    private static final Duration FREEZING = Duration.ofSeconds(28);

    private static ProcessNodes nodes;

    @BeforeAll
    static void start() {
        nodes = new ProcessNodes(3, List.of(), Path.of("target", "chaos", "it"), List.of());
        nodes.startAll();
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @BeforeEach
    void begin() {
        nodes.awaitWhole();
    }

    @Test
    @Order(1)
    void anOwnerIsKilledAndNothingIsLostOrTwice() {
        play(new KillOwner(), Size.small(3));
    }

    @Test
    @Order(2)
    void allNodesAreRestartedInTurnAndNobodyNoticesMoreThanAReconnect() {
        play(new RollingRestart(), Size.small(3));
    }

    @Test
    @Order(3)
    void anOwnerIsFrozenUntilTheOthersGiveItUpAndWakes() {
        play(new Freeze(), Size.small(3).lasting(FREEZING));
    }

    @Test
    @Order(4)
    void twoNodesAreKilledAtOnceAndEverySubscriberOfALostStreamIsTold() {
        play(new TwoKilled(), Size.small(3));
    }

    private static void play(Scenario scenario, Size size) {
        Report report = new Run(nodes, scenario, size, SEED, line -> {}).play();

        assertThat(report.isGood())
                .as(() -> String.join("\n", report.journal()) + report.text())
                .isTrue();
    }
}
