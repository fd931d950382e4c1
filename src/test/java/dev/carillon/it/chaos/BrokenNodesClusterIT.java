package dev.carillon.it.chaos;

import static dev.carillon.it.chaos.broken.Defect.DEAF_NOW_AND_THEN;
import static dev.carillon.it.chaos.broken.Defect.FILLS_NO_HOLES;
import static dev.carillon.it.chaos.broken.Defect.FORGETS_KEYS;
import static dev.carillon.it.chaos.broken.Defect.TAKES_WHAT_COMES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.it.chaos.broken.Defect;
import dev.carillon.it.chaos.check.Rule;
import dev.carillon.it.chaos.nodes.NodeSet;
import dev.carillon.it.chaos.nodes.ProcessNodes;
import dev.carillon.it.chaos.scenario.Calm;
import dev.carillon.it.chaos.scenario.Report;
import dev.carillon.it.chaos.scenario.Run;
import dev.carillon.it.chaos.scenario.Size;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The instrument itself: what nodes that break a promise do to clients does not escape it, and what others do passes. */
class BrokenNodesClusterIT {
    private static final Path LOGS = Path.of("target", "chaos", "broken");

    @TempDir
    private Path shadow;

    @Test
    void aNodeThatForgetsKeysIsCaught() throws Exception {
        Report report = play(1, FORGETS_KEYS);

        assertThat(report.isGood()).isFalse();
        assertThat(violations(report)).containsKeys(Rule.P2, Rule.P5);
    }

    @Test
    void nodesThatDoNotHearAllMakeUpForIt() throws Exception {
        Report report = play(2, DEAF_NOW_AND_THEN);

        assertThat(violations(report)).as(report.text()).isEmpty();
        assertThat(report.failures()).isEmpty();
    }

    @Test
    void nodesThatDoNotHearAllAndFillNoHolesAreCaught() throws Exception {
        Report report = play(2, DEAF_NOW_AND_THEN, FILLS_NO_HOLES);

        assertThat(report.isGood()).isFalse();
        assertThat(violations(report)).containsKey(Rule.P1);
    }

    @Test
    void nodesThatTakeWhatComesAreCaught() throws Exception {
        Report report = play(2, DEAF_NOW_AND_THEN, TAKES_WHAT_COMES);

        assertThat(report.isGood()).isFalse();
        assertThat(violations(report)).containsKeys(Rule.P1, Rule.P4);
    }

    private Report play(int count, Defect... defects) throws Exception {
        Path classes = Defect.into(shadow, defects);
        Size size = Size.small(count).withSubscribers(20).lasting(Duration.ofSeconds(4));
        try (NodeSet nodes = new ProcessNodes(count, List.of(), LOGS, List.of(classes))) {
            nodes.startAll();
            return new Run(nodes, new Calm(), size, 1, line -> {}).play();
        }
    }

    private static Map<Rule, Integer> violations(Report report) {
        return report.verdict().findings().counts();
    }
}
