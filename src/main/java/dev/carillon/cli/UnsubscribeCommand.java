package dev.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Takes a user off a channel. */
@Command(
        name = "unsubscribe",
        description =
                "Takes the connections of a user off a channel, on all nodes. They may subscribe again where rules"
                        + " let them.")
final class UnsubscribeCommand extends ActionCommand {
    @Parameters(index = "0", paramLabel = "ID", description = "The user.")
    @SuppressWarnings("NullAway.Init")
    private String id;

    @Parameters(index = "1", paramLabel = "CHANNEL", description = "Such as feed, or messages:42.")
    @SuppressWarnings("NullAway.Init")
    private String channel;

    @Override
    String ask(NodeApi node) {
        return node.call("/api/unsubscribe", reasoned().put("user_id", id).put("channel", channel));
    }

    @Override
    List<String> lines(JsonNode answer) {
        return List.of(answer.path("connections").asText() + " connection(s) of " + Shown.plain(id) + " taken off "
                + Shown.plain(channel));
    }
}
