package dev.carillon.cli;

import dev.carillon.config.AuthSettings;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Listens to channels of a running node. */
@Command(
        name = "subscribe",
        aliases = "tail",
        description = "Prints each message of the channels as a line of JSON, until Ctrl-C or --count. What is not a"
                + " message goes to stderr.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:as many messages as --count wanted have come",
            "1:refused, or the connection ended; one line on stderr says why",
            "2:wrong usage, or a bad setting",
            "3:no node can be reached at --url",
            "4:the node does not take the token",
            "5:not now, such as by a node that drains: try again"
        })
final class SubscribeCommand implements Runnable {
    @Parameters(arity = "1..*", paramLabel = "CHANNEL", description = "Such as feed, or messages:42.")
    private List<String> channels = List.of();

    @Option(
            names = "--url",
            defaultValue = ApiOptions.DEFAULT_URL,
            paramLabel = "URL",
            description = "Any node of the cluster; ${DEFAULT-VALUE} unless given.")
    private String url = ApiOptions.DEFAULT_URL;

    @Option(names = "--token", paramLabel = "TOKEN", description = "A user's token; 'carillon token' makes one.")
    private @Nullable String token;

    @Option(
            names = "--user",
            paramLabel = "ID",
            description = "Instead of --token: listens as this user, with a token signed with auth.secret of the"
                    + " settings.")
    private @Nullable String user;

    @Option(names = "--count", paramLabel = "N", description = "Ends after N messages.")
    private long count = Long.MAX_VALUE;

    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        if (count < 1) {
            throw new ParameterException(spec.commandLine(), "--count must be at least 1");
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        String believed = token();
        Listening.until(count, url, believed, channels, line -> print(out, line), line -> print(err, line));
    }

    private static void print(PrintWriter out, String line) {
        out.println(line);
        out.flush();
    }

    private String token() {
        if (token != null) {
            return token;
        }
        if (user == null) {
            throw new ParameterException(spec.commandLine(), "--token is missing, or --user with --dev or --config");
        }
        String id = user;
        AuthSettings auth = settings.read().auth();
        JsonObject claims = new JsonObject().put("channels", new JsonArray(channels));
        return TokenCommand.sign(auth, signer -> signer.access(id, claims, auth.accessLife()));
    }
}
