package dev.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows live what happens to a user or on a channel. */
@Command(
        name = "trace",
        description = "Shows what happens to a user or on a channel, on all nodes, from now on until Ctrl-C, --count or"
                + " --for: what clients say and are told, publications, joins, leaves and refusals. A node shows 100"
                + " events a second of one trace at most, and tells how many it left out.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:as many events as --count wanted have come",
            "1:refused, or the connection ended, as it does after --for; one line on stderr says why",
            "2:wrong usage, or a bad setting",
            "3:no node can be reached at --url",
            "4:the node does not take the key or the token",
            "5:not now, such as by a node that drains: try again"
        })
final class TraceCommand implements Runnable {
    private static final Pattern WHAT = Pattern.compile("(user|channel):.+");
    private static final Pattern NOT_OF_A_USER_ID = Pattern.compile("[^A-Za-z0-9_.-]");

    @Parameters(paramLabel = "WHAT", description = "user:ID or channel:NAME.")
    @SuppressWarnings("NullAway.Init")
    private String what;

    @Option(
            names = "--payloads",
            description = "Also the data; a token needs the scope carillon:payloads for it. Without, only its size.")
    private boolean payloads;

    @Option(names = "--count", paramLabel = "N", description = "Ends after N events.")
    private long count = Long.MAX_VALUE;

    @Option(names = "--for", paramLabel = "TIME", description = "At most so long; 1h unless given.")
    private Duration longest = Duration.ofHours(1);

    @Option(names = "--json", description = "Each event as a line of JSON, for scripts.")
    private boolean json;

    @Mixin
    private final ApiOptions api = new ApiOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        if (!WHAT.matcher(what).matches()) {
            throw new ParameterException(spec.commandLine(), "WHAT must be user:ID or channel:NAME, was " + what);
        }
        if (count < 1 || longest.toSeconds() < 1) {
            throw new ParameterException(spec.commandLine(), "--count must be at least 1, and --for at least 1s");
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        String token = api.token == null ? operatorsToken(api.open()) : api.token;
        String channel = (payloads ? "$payloads:" : "$trace:") + what;
        Listening.until(count, api.url, token, List.of(channel), line -> print(out, line), note -> {
            err.println(note);
            err.flush();
        });
    }

    /** Made by the node for whoever has a key; it ends with the trace. */
    private String operatorsToken(NodeApi node) {
        ObjectNode wanted = ApiCommand.body()
                .put(
                        "user_id",
                        "operator-"
                                + NOT_OF_A_USER_ID
                                        .matcher(System.getProperty("user.name", ""))
                                        .replaceAll(""))
                .put("scope", payloads ? "carillon:api carillon:payloads" : "carillon:api")
                .put("ttl", longest.toSeconds());
        return ApiCommand.tree(node.call("/api/token", wanted)).path("token").asText();
    }

    private void print(PrintWriter out, String line) {
        JsonNode event = ApiCommand.tree(line).path("data");
        out.println(json ? event.toString() : TraceLine.of(event));
        out.flush();
    }
}
