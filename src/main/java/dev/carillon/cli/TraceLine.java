package dev.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;

/** One event of a trace as a line: when, where, what, and its fields. */
final class TraceLine {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Set<String> SAID_ALREADY = Set.of("at", "node", "event", "frame");

    private TraceLine() {}

    static String of(JsonNode event) {
        StringBuilder line = new StringBuilder(
                        TIME.format(Instant.ofEpochMilli(event.path("at").asLong())))
                .append("  ")
                .append(Shown.text(event.path("node")))
                .append(String.format(Locale.ROOT, "  %-9s", Shown.text(event.path("event"))));
        JsonNode frame = event.path("frame");
        if (frame.isObject()) {
            line.append("  ").append(String.format(Locale.ROOT, "%-9s", Shown.text(frame.path("type"))));
        }
        fields(line, event);
        fields(line, frame);
        return line.toString().stripTrailing();
    }

    private static void fields(StringBuilder line, JsonNode from) {
        from.fields().forEachRemaining(field -> {
            if (!SAID_ALREADY.contains(field.getKey()) && !field.getKey().equals("type")) {
                JsonNode value = field.getValue();
                line.append("  ")
                        .append(field.getKey())
                        .append('=')
                        .append(Shown.plain(value.isTextual() ? value.asText() : value.toString()));
            }
        });
    }
}
