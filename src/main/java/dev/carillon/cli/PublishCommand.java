package dev.carillon.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Publishes one message through a running node. */
@Command(
        name = "publish",
        description = "Publishes JSON on a channel, and prints where it stands in the channel's stream.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class PublishCommand implements Runnable {
    private static final ObjectMapper JSON = new ObjectMapper();

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

    @Mixin
    private final ApiOptions api = new ApiOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        ObjectNode body = JSON.createObjectNode().put("channel", channel);
        body.putRawValue("data", new RawValue(json()));
        if (idempotencyKey != null) {
            body.put("key", idempotencyKey);
        }
        String answer = api.open().call("/api/publish", body(body));
        PrintWriter out = spec.commandLine().getOut();
        out.println(answer);
        out.flush();
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

    private static String body(ObjectNode body) {
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new AssertionError("a tree must be writable", e);
        }
    }
}
