package dev.carillon.cli;

import dev.carillon.config.Settings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which node a command asks, and what it shows to be let in. */
final class ApiOptions {
    static final String DEFAULT_URL = "http://127.0.0.1:8080";

    @Option(
            names = "--url",
            defaultValue = DEFAULT_URL,
            paramLabel = "URL",
            description = "Any node of the cluster; ${DEFAULT-VALUE} unless given.")
    String url = DEFAULT_URL;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "An API key; the first of api.keys of the settings unless given (with --dev: the one of"
                    + " this directory; in the environment: CARILLON_API_KEYS).")
    @Nullable
    String key;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "A token with the scope carillon:api, instead of a key.")
    @Nullable
    String token;

    @Mixin
    SettingsOptions settings = new SettingsOptions();

    /** The node's API, ready to be called. */
    NodeApi open() {
        if (token != null) {
            return new NodeApi(url, "Authorization", "Bearer " + token);
        }
        return new NodeApi(url, "X-API-Key", key == null ? keyOf(settings.read()) : key);
    }

    private static String keyOf(Settings settings) {
        if (settings.api().keys().isEmpty()) {
            throw new CommandFailure(
                    "api.keys holds no key to call the node with: give --key, --token, --dev or --config, or set"
                            + " CARILLON_API_KEYS",
                    CarillonCommand.BAD_SETTING);
        }
        return settings.api().keys().get(0);
    }
}
