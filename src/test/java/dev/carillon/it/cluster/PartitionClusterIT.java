package dev.carillon.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.it.chaos.nodes.LabGround;
import dev.carillon.it.chaos.nodes.ProcessNodes;
import dev.carillon.it.chaos.scenario.Partition;
import dev.carillon.it.chaos.scenario.Report;
import dev.carillon.it.chaos.scenario.Run;
import dev.carillon.it.chaos.scenario.Size;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A short silent cut between two nodes and a third; {@code scripts/chaos} has longer ones, and other shapes. */
class PartitionClusterIT {
    private static final int NODES = 3;
    private static final long SEED = 1;

    @Test
    void theMajorityGoesOnTheMinorityRefusesAndNothingAcknowledgedIsLost() {
        try (ProcessNodes nodes = new ProcessNodes(
                new LabGround(NODES, SEED), List.of(), Path.of("target/chaos/partition-it"), List.of())) {
            nodes.startAll();
            Partition partition = new Partition(2, 1, Duration.ofSeconds(15));
            Report report = new Run(nodes, partition, Size.small(NODES), SEED, System.out::println).play();
            assertThat(report.isGood()).as(report.text()).isTrue();
        }
    }
}
