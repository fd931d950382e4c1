package dev.carillon.cli;

import dev.carillon.config.Settings;
import dev.carillon.config.SettingsLoader;
import dev.carillon.config.SettingsSources;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command reads its settings. */
final class SettingsOptions {
    @Option(
            names = "--dev",
            description = "Development mode: keys made at the first start and kept in .carillon/, open namespaces, the"
                    + " demonstration page.")
    boolean dev;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "A YAML file; conf/carillon.yaml lists all settings.")
    @Nullable
    Path file;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "One setting, such as http.port=8081; may be repeated. It wins over the environment"
                    + " (CARILLON_HTTP_PORT), which wins over the file.")
    List<String> assignments = new ArrayList<>();

    /** The settings of a node, checked as its start does. */
    Settings load() {
        return SettingsLoader.load(sources());
    }

    /** The settings as far as they are given. */
    Settings read() {
        return SettingsLoader.read(sources());
    }

    private SettingsSources sources() {
        return new SettingsSources(dev, file, System.getenv(), assignments, Path.of(""));
    }
}
