package dev.carillon.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where settings come from, the later ones winning: the defaults, development mode, a file, the environment, and
 * assignments of the command line.
 *
 * @param dev whether the command line asks for development mode; a source may ask for it too
 * @param file a YAML file; null for none
 * @param environment of which only names that begin with {@code CARILLON_} are read
 * @param assignments {@code path=value}, in their order
 * @param directory where development keys are kept, and which relative paths of files begin at
 */
public record SettingsSources(
        boolean dev, @Nullable Path file, Map<String, String> environment, List<String> assignments, Path directory) {
    public SettingsSources {
        environment = Map.copyOf(environment);
        assignments = List.copyOf(assignments);
    }
}
