package dev.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows one channel. */
@Command(
        name = "channel",
        description = "Shows a channel: its position, what each node has to do with it and, if asked, who is on it and"
                + " its newest publications.")
final class ChannelCommand extends ApiCommand {
    @Parameters(paramLabel = "NAME", description = "Such as feed, or messages:42.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    @Option(names = "--members", description = "Also who is on it, where the namespace keeps presence.")
    private boolean members;

    @Option(names = "--history", paramLabel = "N", description = "Also its newest N publications, with their data.")
    private int history;

    @Override
    String ask(NodeApi node) {
        ObjectNode all = (ObjectNode) tree(node.call("/api/channel", named()));
        if (members) {
            all.set("presence", tree(node.call("/api/presence", named())).path("members"));
        }
        if (history > 0) {
            all.set(
                    "history",
                    tree(node.call("/api/history", named().put("limit", history).put("reverse", true)))
                            .path("messages"));
        }
        return all.toString();
    }

    private ObjectNode named() {
        return ofTenant().put("channel", name);
    }

    @Override
    List<String> lines(JsonNode answer) {
        List<String> lines = new ArrayList<>(summary(answer));
        Table nodes = new Table("NODE", "SUBSCRIBERS", "PUBLISHES/S");
        answer.path("parts")
                .forEach(part -> nodes.row(
                        Shown.text(part.path("node")),
                        part.path("subscribers").asLong(),
                        Shown.rounded(part.path("publishes_per_second"), 1)));
        section(lines, nodes);
        if (answer.has("presence")) {
            Table shown = new Table("USER", "SESSION", "SINCE", "INFO");
            answer.path("presence")
                    .forEach(member -> shown.row(
                            Shown.text(member.path("user_id")),
                            Shown.text(member.path("session_id")),
                            Shown.time(member.path("since")),
                            Shown.plain(member.path("info").toString())));
            section(lines, shown);
        }
        if (answer.has("history")) {
            Table shown = new Table("OFFSET", "TIME", "USER", "DATA");
            answer.path("history")
                    .forEach(message -> shown.row(
                            message.path("offset").asLong(),
                            Shown.time(message.path("timestamp")),
                            Shown.text(message.path("user_id")),
                            Shown.plain(message.path("data").toString())));
            section(lines, shown);
        }
        return lines;
    }

    /** A channel's fields, one on each line. */
    static List<String> summary(JsonNode channel) {
        Table fields = new Table("channel", Shown.text(channel.path("channel")));
        fields.row("epoch", Shown.text(channel.path("epoch")));
        fields.row("offset", Shown.text(channel.path("offset")));
        fields.row("kept", channel.path("kept").asText() + " publications");
        fields.row("members", channel.path("members").asText() + " sessions");
        fields.row("subscribers", channel.path("subscribers").asText() + " sessions");
        fields.row("rate", Shown.rounded(channel.path("publishes_per_second"), 1) + " publications/s");
        fields.row("owner", Shown.text(channel.path("owner")));
        return fields.lines();
    }

    private static void section(List<String> lines, Table table) {
        lines.add("");
        lines.addAll(table.lines());
    }
}
