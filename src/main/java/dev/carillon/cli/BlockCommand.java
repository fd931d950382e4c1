package dev.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lets a user in no more. */
@Command(
        name = "block",
        description =
                "Believes no token of a user any more, however new, on all nodes, and closes the user's connections.")
final class BlockCommand extends ActionCommand {
    @Parameters(paramLabel = "ID", description = "The user.")
    @SuppressWarnings("NullAway.Init")
    private String id;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            description = "When the user is let in again, such as 2026-11-23T08:00:00Z; never unless given.")
    private @Nullable String until;

    @Override
    String ask(NodeApi node) {
        ObjectNode body = reasoned();
        if (until != null) {
            body.put("until", until);
        }
        return node.call("/api/users/" + part(id) + "/block", body);
    }

    @Override
    List<String> lines(JsonNode answer) {
        String end = answer.has("until") ? " until " + Shown.time(answer.path("until")) : "";
        return List.of(Shown.plain(id) + " is blocked" + end + "; "
                + answer.path("connections").asText() + " connection(s) closed");
    }
}
