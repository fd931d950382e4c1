package dev.carillon.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Puts the settings of a node together from their sources, and refuses what cannot work before anything starts. */
public final class SettingsLoader {
    private SettingsLoader() {}

    /**
     * The settings of a node: read, and checked to fit together.
     *
     * @throws ConfigException with one line that names the key, what is wrong with it, and the cure
     */
    public static Settings load(SettingsSources sources) {
        Settings settings = read(sources);
        SettingsCheck.check(settings, sources.directory());
        return settings;
    }

    /**
     * Reads and merges all sources, for who talks to a node without being one. In development mode this makes the
     * development keys if they are missing.
     *
     * @throws ConfigException with one line that names the key, what is wrong with it, and the cure
     */
    public static Settings read(SettingsSources sources) {
        ObjectNode file =
                sources.file() == null ? SettingsMapper.MAPPER.createObjectNode() : SettingsYaml.file(sources.file());
        // Any source may ask for development mode, whose own values yet come before all of them.
        boolean dev = sources.dev() || merged(sources, file, false).dev();
        SettingsTree tree = merged(sources, file, dev);
        if (dev) {
            tree.assign("dev", "true", "--dev");
            addKeys(tree, sources);
        }
        return tree.bind();
    }

    private static SettingsTree merged(SettingsSources sources, ObjectNode file, boolean dev) {
        SettingsTree tree = new SettingsTree();
        if (dev) {
            tree.overlay(SettingsYaml.resource("development.yaml"), "--dev");
        }
        tree.overlay(file, String.valueOf(sources.file()));
        EnvironmentVariables.overlay(tree, sources.environment());
        sources.assignments().forEach(assignment -> assign(tree, assignment));
        return tree;
    }

    private static void assign(SettingsTree tree, String assignment) {
        int equals = assignment.indexOf('=');
        if (equals < 1) {
            // What was meant as a value may be a secret, so it is not repeated.
            throw new ConfigException("--set must be path=value, such as --set http.port=8081");
        }
        tree.assign(assignment.substring(0, equals).strip(), assignment.substring(equals + 1), "--set");
    }

    private static void addKeys(SettingsTree tree, SettingsSources sources) {
        boolean secret = tree.isEmpty("auth", "secret");
        boolean api = tree.isEmpty("api", "keys");
        if (secret || api) {
            DevelopmentKeys keys = DevelopmentKeys.in(sources.directory());
            if (secret) {
                tree.assign("auth.secret", keys.secret(), DevelopmentKeys.FILE);
            }
            if (api) {
                tree.assign("api.keys", keys.apiKey(), DevelopmentKeys.FILE);
            }
        }
    }

    /** The settings as YAML for people, with each secret replaced by asterisks. */
    public static String describe(Settings settings) {
        try {
            return SettingsMapper.MAPPER.writeValueAsString(masked(settings));
        } catch (JsonProcessingException e) {
            throw new AssertionError("settings must be writable", e);
        }
    }

    /** The settings as a tree, with each secret replaced by asterisks. */
    static ObjectNode masked(Settings settings) {
        ObjectNode tree = SettingsMapper.MAPPER.valueToTree(settings);
        mask(SettingType.ROOT, tree);
        return tree;
    }

    private static void mask(SettingType section, ObjectNode values) {
        section.keys().forEach((key, type) -> {
            if (values.get(key) instanceof ObjectNode below) {
                mask(type, below);
            } else if (type.secret() && !SettingsTree.isEmpty(values.path(key))) {
                values.put(key, "********");
            }
        });
    }
}
