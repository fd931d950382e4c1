package dev.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Makes tokens of a user worthless. */
@Command(
        name = "revoke",
        description =
                "Makes the tokens that a user has got so far worthless, on all nodes, and closes the connections that"
                        + " were opened with them. Newer tokens are believed.")
final class RevokeCommand extends ActionCommand {
    @Parameters(paramLabel = "ID", description = "The user.")
    @SuppressWarnings("NullAway.Init")
    private String id;

    @Option(
            names = "--before",
            paramLabel = "TIME",
            description = "Those issued before, such as 2026-11-22T03:00:00Z;" + " now unless given.")
    private @Nullable String before;

    @Option(names = "--token-id", paramLabel = "JTI", description = "Only this token, as 'carillon user' names it.")
    private @Nullable String tokenId;

    @Option(names = "--until", paramLabel = "TIME", description = "With --token-id: when it expires by itself.")
    private @Nullable String until;

    @Override
    String ask(NodeApi node) {
        ObjectNode body = reasoned();
        if ((tokenId == null) != (until == null) || (tokenId != null && before != null)) {
            throw new ParameterException(spec.commandLine(), "--token-id goes with --until, and without --before");
        }
        if (before != null) {
            body.put("before", before);
        }
        if (tokenId != null) {
            body.put("token_id", tokenId).put("until", until);
        }
        return node.call("/api/users/" + part(id) + "/revoke", body);
    }

    @Override
    List<String> lines(JsonNode answer) {
        return List.of(
                answer.has("token_id")
                        ? "token " + Shown.text(answer.path("token_id")) + " of " + Shown.plain(id) + " revoked"
                        : "tokens of " + Shown.plain(id) + " from before " + Shown.time(answer.path("before"))
                                + " revoked");
    }
}
