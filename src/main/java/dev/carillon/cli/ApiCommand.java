package dev.carillon.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that asks a running node, and shows its answer to people or hands it to scripts. */
@Command(
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:refused, or failed; one line on stderr says why",
            "2:wrong usage, or a bad setting",
            "3:no node can be reached at --url",
            "4:the node does not take the key or the token",
            "5:not now, such as without a majority: try again"
        })
abstract class ApiCommand implements Runnable {
    static final ObjectMapper JSON = new ObjectMapper();

    @Option(names = "--json", description = "The answer as it came, for scripts.")
    private boolean json;

    @Option(
            names = "--tenant",
            paramLabel = "TENANT",
            description = "Whose users and channels are meant; those of no tenant unless given.")
    private @Nullable String tenant;

    @Mixin
    final ApiOptions api = new ApiOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    /** What the node answers, as people read it. */
    abstract List<String> lines(JsonNode answer);

    /** The answer that is shown. */
    abstract String ask(NodeApi node);

    /** Refuses what the options do not say as it must be. */
    void check() {}

    @Override
    public void run() {
        check();
        String answer = ask(api.open());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(answer);
        } else {
            lines(tree(answer)).forEach(out::println);
        }
        out.flush();
    }

    static JsonNode tree(String answer) {
        try {
            return JSON.readTree(answer);
        } catch (JsonProcessingException e) {
            throw new CommandFailure("the answer is no JSON: check that --url names a node");
        }
    }

    static ObjectNode body() {
        return JSON.createObjectNode();
    }

    /** A body that says whose users and channels are meant. */
    final ObjectNode ofTenant() {
        return tenant == null ? body() : body().put("tenant", tenant);
    }

    /** A name as one part of a path. */
    static String part(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
