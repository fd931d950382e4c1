package dev.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;

/** Shows the nodes of a cluster and what they do. */
@Command(
        name = "nodes",
        description = "Lists the nodes of the cluster and how they stand; * is the one that answers. Health: ready,"
                + " starting, draining, unsafe (copies of its channels are missing), minority (it does not see enough"
                + " nodes to write), silent (it does not answer).")
final class NodesCommand extends ApiCommand {
    @Override
    String ask(NodeApi node) {
        return node.call("/api/nodes", body());
    }

    @Override
    List<String> lines(JsonNode answer) {
        Table table = new Table(
                "NODE",
                "HEALTH",
                "HTTP",
                "VERSION",
                "UPTIME",
                "CONNECTIONS",
                "SUBSCRIPTIONS",
                "IN/S",
                "OUT/S",
                "P99 MS",
                "BACKLOG",
                "CPU",
                "HEAP");
        String answering = answer.path("node").asText();
        answer.path("nodes").forEach(node -> row(table, node, answering));
        return table.lines();
    }

    private static void row(Table table, JsonNode node, String answering) {
        JsonNode now = node.path("now");
        JsonNode freshest = now.isObject() ? now : node;
        String id = Shown.text(node.path("id"));
        table.row(
                id.equals(answering) ? id + " *" : id,
                Shown.text(node.path("health")),
                Shown.text(node.path("http")),
                Shown.text(node.path("version")),
                node.has("uptime_ms") ? Shown.lasting(node.path("uptime_ms").asLong()) : "-",
                Shown.text(freshest.path("connections")),
                Shown.text(freshest.path("subscriptions")),
                Shown.rounded(freshest.path("publishes_per_second"), 0),
                Shown.rounded(freshest.path("deliveries_per_second"), 0),
                Shown.rounded(now.path("write_ms").path("p99"), 0),
                Shown.bytes(now.path("backlog_bytes")),
                Shown.rounded(freshest.path("cpu"), 2),
                Shown.bytes(freshest.path("heap_used_bytes")));
    }
}
