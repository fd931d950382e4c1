package dev.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Closes a user's connections. */
@Command(
        name = "disconnect",
        description =
                "Closes the connections of a user on all nodes. With 4401, the code unless another is given, clients"
                        + " stay away until their application connects again; with 4010 they come back by themselves.")
final class DisconnectCommand extends ActionCommand {
    @Parameters(paramLabel = "ID", description = "The user.")
    @SuppressWarnings("NullAway.Init")
    private String id;

    @Option(names = "--session", paramLabel = "SESSION", description = "Only this one, as 'carillon user' names it.")
    private @Nullable String session;

    @Option(names = "--code", paramLabel = "CODE", description = "A close code of the protocol; 4401 unless given.")
    private @Nullable Integer code;

    @Override
    String ask(NodeApi node) {
        ObjectNode body = reasoned();
        if (session != null) {
            body.put("session_id", session);
        }
        if (code != null) {
            body.put("code", code);
        }
        return node.call("/api/users/" + part(id) + "/disconnect", body);
    }

    @Override
    List<String> lines(JsonNode answer) {
        return List.of(answer.path("connections").asText() + " connection(s) of " + Shown.plain(id) + " closed");
    }
}
