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
                "Makes the tokens that a user, or everybody, has got so far worthless, on all nodes, and closes the connections that"
                        + " were opened with them. Newer tokens are believed.")
final class RevokeCommand extends ActionCommand {
    @Parameters(arity = "0..1", paramLabel = "ID", description = "The user.")
    private @Nullable String id;

    @Option(
            names = "--everybody",
            description = "Instead of a user: with --before, the tokens of all of the tenant, or of all who have none.")
    private boolean everybody;

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
    void check() {
        if (everybody ? id != null || before == null || tokenId != null : id == null) {
            throw new ParameterException(spec.commandLine(), "give a user's ID, or --everybody with --before");
        }
        if ((tokenId == null) != (until == null) || (tokenId != null && before != null)) {
            throw new ParameterException(spec.commandLine(), "--token-id goes with --until, and without --before");
        }
    }

    @Override
    String ask(NodeApi node) {
        ObjectNode body = reasoned();
        if (before != null) {
            body.put("before", before);
        }
        if (tokenId != null) {
            body.put("token_id", tokenId).put("until", until);
        }
        return node.call(id == null ? "/api/revoke" : "/api/users/" + part(id) + "/revoke", body);
    }

    @Override
    List<String> lines(JsonNode answer) {
        String whose = id == null ? "everybody" : Shown.plain(id);
        return List.of(
                answer.has("token_id")
                        ? "token " + Shown.text(answer.path("token_id")) + " of " + whose + " revoked"
                        : "tokens of " + whose + " from before " + Shown.time(answer.path("before")) + " revoked");
    }
}
