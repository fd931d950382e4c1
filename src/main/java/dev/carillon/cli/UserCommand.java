package dev.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows one user. */
@Command(
        name = "user",
        description = "Shows a user: whether it is online, its sessions with their devices, nodes and tokens, and the"
                + " channels they are on.")
final class UserCommand extends ApiCommand {
    @Parameters(paramLabel = "ID", description = "As in the sub claim of the user's tokens.")
    @SuppressWarnings("NullAway.Init")
    private String id;

    @Override
    String ask(NodeApi node) {
        return node.call("/api/user", ofTenant().put("user_id", id));
    }

    @Override
    List<String> lines(JsonNode answer) {
        Table fields = new Table("user", Shown.text(answer.path("user_id")));
        fields.row("online", answer.path("online").asBoolean() ? "yes" : "no");
        if (answer.path("blocked").asBoolean()) {
            fields.row("blocked", answer.has("until") ? "until " + Shown.time(answer.path("until")) : "yes");
        }
        fields.row("last seen", Shown.time(answer.path("last_seen")));
        fields.row("info", Shown.plain(answer.path("info").toString()));
        fields.row("shown on", Shown.list(answer.path("presence")));
        fields.row("own offset", Shown.text(answer.path("personal").path("offset")));
        List<String> lines = new ArrayList<>(fields.lines());
        lines.add("");
        lines.addAll(sessions(answer).lines());
        return lines;
    }

    private static Table sessions(JsonNode answer) {
        Table sessions = new Table(
                "SESSION", "NODE", "DEVICE", "TRANSPORT", "SINCE", "LAST SEEN", "TOKEN", "TOKEN EXPIRES", "CHANNELS");
        answer.path("sessions").forEach(session -> {
            JsonNode live = live(answer, session.path("session_id").asText());
            sessions.row(
                    Shown.text(session.path("session_id")),
                    Shown.text(session.path("node")),
                    Shown.text(session.path("device")),
                    Shown.text(session.path("transport")),
                    Shown.time(session.path("since")),
                    Shown.time(live.path("last_seen")),
                    Shown.text(live.path("token_id")),
                    Shown.time(live.path("token_expires")),
                    Shown.list(live.path("on")));
        });
        return sessions;
    }

    /** What the session's own node says of it; nothing if that did not answer. */
    private static JsonNode live(JsonNode answer, String session) {
        for (JsonNode live : answer.path("live")) {
            if (live.path("session_id").asText().equals(session)) {
                return live;
            }
        }
        return body();
    }
}
