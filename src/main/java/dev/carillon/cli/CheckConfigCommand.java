package dev.carillon.cli;

import dev.carillon.auth.Explanation;
import dev.carillon.channel.ChannelName;
import dev.carillon.config.Settings;
import dev.carillon.config.SettingsLoader;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows what a node would be told, or the first thing that stops it. */
@Command(
        name = "check-config",
        description = "Prints the effective settings as YAML, secrets masked, or says what is wrong with them.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:a node would start with these settings", "2:a bad setting"})
final class CheckConfigCommand implements Runnable {
    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Option(
            names = "--explain",
            arity = "2",
            paramLabel = "USER CHANNEL",
            description = "Instead say whether a user may subscribe to a channel and publish there, and why.")
    private List<String> explain = List.of();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        Settings loaded = settings.load();
        out.print(explain.isEmpty() ? SettingsLoader.describe(loaded) : explained(loaded));
        out.flush();
    }

    private String explained(Settings loaded) {
        String user = explain.get(0);
        ChannelName channel;
        try {
            channel = new ChannelName(explain.get(1));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--explain: the channel " + e.getMessage());
        }
        return "subscribe: %s%npublish: %s%n"
                .formatted(
                        Explanation.ofSubscribing(loaded.namespaces(), user, channel),
                        Explanation.ofPublishing(loaded.namespaces(), user, channel));
    }
}
