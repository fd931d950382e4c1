package dev.carillon.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The dashboard and the alert rules that operators are given: what they ask for exists, and each alert has its cure. */
class PrometheusFilesTest {
    private static final Path ALERTS = Path.of("conf/alerts.yaml");
    private static final Path ALERTS_TEST = Path.of("src/test/resources/prometheus/alerts-test.yaml");
    private static final Path DASHBOARD = Path.of("conf/grafana-dashboard.json");

    /** What Prometheus itself adds. */
    private static final Set<String> OF_PROMETHEUS = Set.of("up", "ALERTS");

    private final DocumentedMetrics documented = DocumentedMetrics.read();

    @Test
    void everyAlertAsksForMetersThatExistByLabelsThatTheyHave() throws IOException {
        for (JsonNode rule : rules()) {
            check(rule.get("alert").asText(), rule.get("expr").asText());
        }
    }

    @Test
    void everyPanelAsksForMetersThatExistByLabelsThatTheyHave() throws IOException {
        Set<String> used = new TreeSet<>();
        for (JsonNode panel : panels()) {
            for (JsonNode target : panel.path("targets")) {
                String expr = target.get("expr").asText();
                used.addAll(Promql.metrics(expr));
                check(panel.get("title").asText(), expr);
            }
        }
        assertThat(used).hasSizeGreaterThan(30);
    }

    private void check(String who, String expr) {
        assertThat(Promql.metrics(expr)).as("meters of %s", who).isNotEmpty();
        for (Map.Entry<String, Set<String>> asked : Promql.labels(expr).entrySet()) {
            if (OF_PROMETHEUS.contains(asked.getKey())) {
                continue;
            }
            assertThat(documented.series()).as("%s, in %s", who, expr).contains(asked.getKey());
            Set<String> known = new TreeSet<>(documented.labels(asked.getKey()));
            known.addAll(Set.of("job", "instance", "le"));
            assertThat(known).as("%s, in %s", who, expr).containsAll(asked.getValue());
        }
    }

    @Test
    void panelsDoNotLieUponOneAnother() throws IOException {
        Set<Integer> ids = new TreeSet<>();
        Set<String> taken = new TreeSet<>();
        for (JsonNode panel : panels()) {
            assertThat(ids.add(panel.get("id").asInt())).isTrue();
            JsonNode at = panel.get("gridPos");
            assertThat(at.get("x").asInt() + at.get("w").asInt()).isLessThanOrEqualTo(24);
            for (int x = 0; x < at.get("w").asInt(); x++) {
                for (int y = 0; y < at.get("h").asInt(); y++) {
                    assertThat(taken.add((at.get("x").asInt() + x) + ","
                                    + (at.get("y").asInt() + y)))
                            .as("%s", panel.get("title"))
                            .isTrue();
                }
            }
        }
    }

    @Test
    void everyAlertHasAHeadingWithItsCure() throws IOException {
        List<String> headings = Files.readAllLines(Path.of("src/docs/operations.md")).stream()
                .filter(line -> line.startsWith("### Carillon"))
                .map(line -> line.substring(4))
                .toList();

        assertThat(headings).containsExactlyElementsOf(alerts());
    }

    @Test
    void everyAlertIsTried() throws IOException {
        assertThat(Files.readString(ALERTS_TEST))
                .contains(alerts().stream()
                        .map(alert -> "{alertname=\"" + alert + "\"}")
                        .toList());
    }

    @Test
    void prometheusTakesTheRulesAndEachFiresWhenItShould() throws Exception {
        Optional<Path> promtool = promtool();
        assumeTrue(promtool.isPresent(), "no promtool; scripts/test brings it");
        run(promtool.get(), "check", "rules", ALERTS.toString());
        run(promtool.get(), "test", "rules", ALERTS_TEST.toString());
    }

    private static void run(Path promtool, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(promtool.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static Optional<Path> promtool() {
        return Stream.concat(
                        Stream.of("target/tools"),
                        Stream.of(System.getenv("PATH").split(":", -1)))
                .map(folder -> Path.of(folder, "promtool"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static List<String> alerts() throws IOException {
        return rules().stream().map(rule -> rule.get("alert").asText()).toList();
    }

    private static List<JsonNode> rules() throws IOException {
        List<JsonNode> rules = new ArrayList<>();
        for (JsonNode group : new YAMLMapper().readTree(ALERTS.toFile()).get("groups")) {
            group.get("rules").forEach(rules::add);
        }
        assertThat(rules).hasSizeGreaterThan(10);
        return rules;
    }

    private static JsonNode panels() throws IOException {
        return new ObjectMapper().readTree(DASHBOARD.toFile()).get("panels");
    }
}
