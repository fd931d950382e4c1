package dev.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists channels by name, traffic or size. */
@Command(
        name = "channels",
        description = "Lists channels that have subscribers, history or traffic. PUBLISHES/S is of the last seconds.")
final class ChannelsCommand extends ApiCommand {
    /** What comes first. */
    enum Sort {
        name,
        rate,
        subscribers,
        members,
        kept
    }

    @Parameters(arity = "0..1", paramLabel = "PREFIX", description = "What their names begin with; all unless given.")
    private String prefix = "";

    @Option(
            names = "--sort",
            paramLabel = "BY",
            description = "${COMPLETION-CANDIDATES}: the most first; by name unless given.")
    private Sort sort = Sort.name;

    @Option(names = "--limit", paramLabel = "N", description = "Most channels shown, up to 1000; 100 unless given.")
    private int limit = 100;

    @Override
    String ask(NodeApi node) {
        return node.call(
                "/api/channels",
                ofTenant()
                        .put("prefix", prefix)
                        .put("sort", sort.name().toLowerCase(Locale.ROOT))
                        .put("limit", limit));
    }

    @Override
    List<String> lines(JsonNode answer) {
        Table table = new Table("CHANNEL", "SUBSCRIBERS", "MEMBERS", "KEPT", "OFFSET", "PUBLISHES/S", "OWNER");
        answer.path("channels")
                .forEach(channel -> table.row(
                        Shown.text(channel.path("channel")),
                        channel.path("subscribers").asLong(),
                        channel.path("members").asLong(),
                        channel.path("kept").asLong(),
                        Shown.text(channel.path("offset")),
                        Shown.rounded(channel.path("publishes_per_second"), 1),
                        Shown.text(channel.path("owner"))));
        return table.lines();
    }
}
