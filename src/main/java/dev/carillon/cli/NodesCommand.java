package dev.carillon.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the nodes of a cluster and what they do. */
@Command(
        name = "nodes",
        description = "Lists the nodes of the cluster, as they last reported themselves; * is the one that answers.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class NodesCommand implements Runnable {
    private static final List<String> HEAD = List.of(
            "NODE",
            "STATE",
            "HTTP",
            "CONNECTIONS",
            "SUBSCRIPTIONS",
            "PUBLISHES/S",
            "DELIVERIES/S",
            "CPU",
            "HEAP",
            "STARTED");

    @Option(names = "--json", description = "The answer as it came, for scripts.")
    private boolean json;

    @Mixin
    private final ApiOptions api = new ApiOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        String answer = api.open().call("/api/nodes", "{}");
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(answer);
        } else {
            table(answer).forEach(out::println);
        }
        out.flush();
    }

    static List<String> table(String answer) {
        JsonNode tree;
        try {
            tree = new ObjectMapper().readTree(answer);
        } catch (JsonProcessingException e) {
            throw new CommandFailure("the answer is no JSON: check that --url names a node");
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        tree.path("nodes").forEach(node -> rows.add(row(node, tree.path("node").asText())));
        return aligned(rows);
    }

    private static List<String> row(JsonNode node, String answering) {
        String id = node.path("id").asText();
        return List.of(
                id + (id.equals(answering) ? " *" : ""),
                node.path("draining").asBoolean() ? "draining" : "up",
                node.path("http").asText(),
                node.path("connections").asText(),
                node.path("subscriptions").asText(),
                rounded("%.0f", node.path("publishes_per_second")),
                rounded("%.0f", node.path("deliveries_per_second")),
                rounded("%.2f", node.path("cpu")),
                node.path("heap_used_bytes").asLong() / (1024 * 1024) + " MiB",
                Instant.ofEpochMilli(node.path("started_at").asLong())
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString());
    }

    private static String rounded(String form, JsonNode number) {
        return String.format(Locale.ROOT, form, number.asDouble());
    }

    private static List<String> aligned(List<List<String>> rows) {
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                line.append(row.get(i))
                        .append(" ".repeat(width(rows, i) - row.get(i).length() + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private static int width(List<List<String>> rows, int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
