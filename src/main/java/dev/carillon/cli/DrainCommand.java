package dev.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes the clients off a node. */
@Command(
        name = "drain",
        description =
                "Has a node refuse new clients and send those it has to the others, as its settings of drain say. It"
                        + " stays in the cluster with its part of the data until it is stopped or started anew. Returns when"
                        + " that has begun: 'carillon nodes' tells how far it is.")
final class DrainCommand extends ActionCommand {
    @Parameters(paramLabel = "NODE", description = "Its id, as 'carillon nodes' names it.")
    @SuppressWarnings("NullAway.Init")
    private String node;

    @Option(names = "--force", description = "Also the last node that takes clients.")
    private boolean force;

    @Override
    String ask(NodeApi asked) {
        return asked.call("/api/nodes/" + part(node) + "/drain", reasoned().put("force", force));
    }

    @Override
    List<String> lines(JsonNode answer) {
        return List.of(Shown.plain(node) + " drains; it sends "
                + answer.path("connections").asText() + " client(s) away");
    }
}
