package dev.carillon.cli;

import dev.carillon.config.SettingsLoader;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        out.print(SettingsLoader.describe(settings.load()));
        out.flush();
    }
}
