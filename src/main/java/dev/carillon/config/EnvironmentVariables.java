package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Settings from the environment: {@code CARILLON_HTTP_PORT} is {@code http.port}, and
 * {@code CARILLON_NAMESPACES_FEED_HISTORY_SIZE} is {@code namespaces.feed.history-size}. An empty variable is none.
 */
final class EnvironmentVariables {
    private static final String PREFIX = "CARILLON_";
    private static final String NAMESPACES = PREFIX + "NAMESPACES_";

    /** Read by the launchers and by logback, before there are settings. */
    private static final Set<String> ELSEWHERE = Set.of("CARILLON_LOG", "CARILLON_JAVA_OPTS");

    /** What Kubernetes puts into every container of a cluster that has a service called carillon-something. */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("CARILLON_(.+_)?(SERVICE_(HOST|PORT)(_.*)?|PORT_\\d+_(TCP|UDP)(_.*)?)|CARILLON_PORT");

    private static final Map<String, String> PATHS = paths();

    private EnvironmentVariables() {}

    /** @throws ConfigException for a variable with the prefix that is no setting, or with a value it cannot hold */
    static void overlay(SettingsTree tree, Map<String, String> environment) {
        String log = environment.getOrDefault("CARILLON_LOG", "");
        require(
                log.isEmpty() || log.equals("text") || log.equals("json"),
                "CARILLON_LOG must be text or json, was " + log.replaceAll("\\p{Cntrl}+", " "));
        new TreeMap<>(environment).forEach((name, value) -> {
            boolean ours = name.startsWith(PREFIX)
                    && !ELSEWHERE.contains(name)
                    && !SERVICE_LINK.matcher(name).matches();
            if (ours && !value.isEmpty()) {
                tree.assign(path(tree, name), value, name);
            }
        });
    }

    private static String path(SettingsTree tree, String name) {
        String path = PATHS.get(name);
        if (path != null) {
            return path;
        }
        return namespaced(tree, name).orElseThrow(() -> unknown(name));
    }

    private static Optional<String> namespaced(SettingsTree tree, String name) {
        if (!name.startsWith(NAMESPACES)) {
            return Optional.empty();
        }
        String rest = name.substring(NAMESPACES.length());
        // The longest key first, so that no key can be taken for the end of another.
        return namespaceKeys().stream()
                .sorted(Comparator.comparing(String::length).reversed())
                .filter(key -> rest.endsWith("_" + nameOf(key)) && rest.length() > key.length() + 1)
                .findFirst()
                .map(key -> "namespaces." + tree.namespaceCalled(rest.substring(0, rest.length() - key.length() - 1))
                        + "." + key);
    }

    private static Set<String> namespaceKeys() {
        SettingType namespaces = SettingType.ROOT.keys().get("namespaces");
        return namespaces == null ? Set.of() : namespaces.elements().keys().keySet();
    }

    private static ConfigException unknown(String name) {
        String cure = KnownKeys.nearest("", name, PATHS.keySet())
                .map(known -> known.startsWith(PREFIX) ? known : PREFIX + nameOf(known))
                .map(known -> "did you mean " + known + "?")
                .orElse("the variables are the keys of conf/carillon.yaml in capitals, such as CARILLON_HTTP_PORT");
        return new ConfigException(name + " is no setting (from the environment): " + cure);
    }

    /** A key, or a part of one, in the spelling of environment variables. */
    static String nameOf(String key) {
        return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    private static Map<String, String> paths() {
        Map<String, String> paths = new HashMap<>();
        List<String> fixed =
                KnownKeys.ALL.stream().filter(path -> !path.contains("*")).toList();
        fixed.forEach(path -> paths.put(PREFIX + nameOf(path), path));
        return paths;
    }
}
