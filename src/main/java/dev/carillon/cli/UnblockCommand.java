package dev.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Lets a blocked user in again. */
@Command(name = "unblock", description = "Lets a user in again; does nothing if the user was not blocked.")
final class UnblockCommand extends ActionCommand {
    @Parameters(paramLabel = "ID", description = "The user.")
    @SuppressWarnings("NullAway.Init")
    private String id;

    @Override
    String ask(NodeApi node) {
        return node.call("/api/users/" + part(id) + "/unblock", reasoned());
    }

    @Override
    List<String> lines(JsonNode answer) {
        return List.of(Shown.plain(id) + " is not blocked");
    }
}
