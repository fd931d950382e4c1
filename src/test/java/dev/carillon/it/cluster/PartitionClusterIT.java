package dev.carillon.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.it.chaos.nodes.LabGround;
import dev.carillon.it.chaos.nodes.ProcessNodes;
import dev.carillon.it.chaos.scenario.Estrangement;
import dev.carillon.it.chaos.scenario.Partition;
import dev.carillon.it.chaos.scenario.Report;
import dev.carillon.it.chaos.scenario.Run;
import dev.carillon.it.chaos.scenario.Scenario;
import dev.carillon.it.chaos.scenario.Size;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Short silent cuts between three nodes; {@code scripts/chaos} has longer ones, and other shapes. */
class PartitionClusterIT {
    private static final int NODES = 3;
    private static final long SEED = 1;

    @Test
    void theMajorityGoesOnTheMinorityRefusesAndNothingAcknowledgedIsLost() {
        play(new Partition(2, 1, Duration.ofSeconds(15)));
    }

    @Test
    void twoThatWereOutOfTouchAreTogetherWhenTheOldestDies() {
        play(new Estrangement());
    }

    private static void play(Scenario scenario) {
        Path logs = Path.of("target/chaos", scenario.name() + "-it");
        try (ProcessNodes nodes = new ProcessNodes(new LabGround(NODES, SEED), scenario.settings(), logs, List.of())) {
            nodes.startAll();
            Report report = new Run(nodes, scenario, Size.small(NODES), SEED, System.out::println).play();
            assertThat(report.isGood()).as(report.text()).isTrue();
        }
    }
}
