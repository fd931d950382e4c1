package dev.carillon.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Publishes one message through a running node. */
@Command(
        name = "publish",
        description = "Publishes JSON on a channel, and prints where it stands in the channel's stream.")
final class PublishCommand extends ActionCommand {
    @Parameters(index = "0", paramLabel = "CHANNEL", description = "Such as feed, or messages:42.")
    @SuppressWarnings("NullAway.Init")
    private String channel;

    @Parameters(index = "1", paramLabel = "JSON", description = "Any JSON value, or - to read it from stdin.")
    @SuppressWarnings("NullAway.Init")
    private String data;

    @Option(
            names = "--idempotency-key",
            paramLabel = "KEY",
            description = "Makes a retry harmless: a second message with it is not published.")
    private @Nullable String idempotencyKey;

    @Override
    String ask(NodeApi node) {
        ObjectNode body = reasoned().put("channel", channel);
        body.putRawValue("data", new RawValue(json()));
        if (idempotencyKey != null) {
            body.put("key", idempotencyKey);
        }
        return node.call("/api/publish", body);
    }

    @Override
    List<String> lines(JsonNode answer) {
        String where =
                answer.has("offset") ? " at offset " + answer.path("offset").asText() : "";
        boolean again = answer.path("duplicate").asBoolean();
        return List.of((again ? "published before" : "published") + " on " + Shown.plain(channel) + where);
    }

    /** The text as it was given, once it is known to be JSON: a tree of it would round its numbers. */
    private String json() {
        String text = data.equals("-") ? stdin() : data;
        try (JsonParser parser = JSON.createParser(text)) {
            int depth = 0;
            int values = 0;
            while (parser.nextToken() != null) {
                depth += parser.currentToken().isStructStart()
                        ? 1
                        : parser.currentToken().isStructEnd() ? -1 : 0;
                values += depth == 0 ? 1 : 0;
            }
            if (values == 1) {
                return text;
            }
        } catch (IOException e) {
            throw notJson();
        }
        throw notJson();
    }

    private ParameterException notJson() {
        return new ParameterException(
                spec.commandLine(), "JSON must be one JSON value, such as '{\"text\":\"Hello\"}' or '\"Hello\"'");
    }

    private static String stdin() {
        try {
            return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new CommandFailure("stdin cannot be read: " + e.getMessage());
        }
    }
}
