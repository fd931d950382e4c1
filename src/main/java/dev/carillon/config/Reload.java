package dev.carillon.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What has changed between the settings in force and those that were read again, and what comes of it.
 *
 * @param settings to be in force from now on: those that can change while a node runs as they were read, all others as
 *     before
 * @param taken what changed, for the log, without secrets
 * @param left what changed and waits for a restart, likewise
 */
public record Reload(Settings settings, List<String> taken, List<String> left) {
    /**
     * Read anew at each use, or by each connection that is opened; what is not here is built into what a node opened or made
     * at its start.
     */
    private static final Set<String> LIVE = Set.of(
            "limits.connections-per-user",
            "limits.subscriptions-per-connection",
            "limits.commands-in-flight",
            "limits.messages-per-second",
            "limits.bytes-per-second",
            "limits.user-messages-per-second",
            "limits.user-bytes-per-second",
            "limits.history-page",
            "limits.request-timeout",
            "namespaces.*.subscribe",
            "namespaces.*.publish",
            "namespaces.*.authorize",
            "namespaces.*.history-size",
            "namespaces.*.history-ttl",
            "namespaces.*.key-ttl",
            "namespaces.*.max-data-bytes",
            "namespaces.*.compress-above-bytes",
            "namespaces.*.publishes-per-second",
            "namespaces.*.channel-publishes-per-second",
            "namespaces.*.publish-through",
            "namespaces.*.schema");

    private static final String NAMESPACES = "namespaces";

    /** Compares. */
    public static Reload of(Settings inForce, Settings read) {
        ObjectNode before = SettingsLoader.masked(inForce);
        ObjectNode after = SettingsLoader.masked(read);
        ObjectNode merged = SettingsMapper.MAPPER.valueToTree(inForce);
        ObjectNode whole = SettingsMapper.MAPPER.valueToTree(read);
        List<String> taken = new ArrayList<>();
        List<String> left = new ArrayList<>();
        ObjectNode mergedNamespaces = (ObjectNode) merged.get(NAMESPACES);
        for (String name : names(before.get(NAMESPACES), after.get(NAMESPACES))) {
            if (!before.get(NAMESPACES).has(name)) {
                mergedNamespaces.set(name, whole.get(NAMESPACES).get(name));
                taken.add(NAMESPACES + "." + name + ": new");
            } else if (!after.get(NAMESPACES).has(name)) {
                left.add(NAMESPACES + "." + name + ": gone");
            }
        }
        Map<String, JsonNode> old = new TreeMap<>();
        flatten("", before, old);
        Map<String, JsonNode> fresh = new TreeMap<>();
        flatten("", after, fresh);
        for (Map.Entry<String, JsonNode> was : old.entrySet()) {
            String path = was.getKey();
            JsonNode is = fresh.get(path);
            boolean same =
                    is == null || is.equals(was.getValue()) && at(merged, path).equals(at(whole, path));
            if (same) {
                continue;
            }
            String change = path + ": " + was.getValue() + " becomes " + is;
            if (LIVE.contains(path.replaceFirst("^namespaces\\.[^.]+(\\.[^.]+)*(?=\\.[^.]+$)", "namespaces.*"))) {
                put(merged, path, at(whole, path));
                taken.add(change);
            } else {
                left.add(change);
            }
        }
        return new Reload(bind(merged), List.copyOf(taken), List.copyOf(left));
    }

    private static Set<String> names(JsonNode before, JsonNode after) {
        Set<String> names = new TreeSet<>();
        before.fieldNames().forEachRemaining(names::add);
        after.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Settings bind(ObjectNode tree) {
        try {
            return SettingsMapper.MAPPER.treeToValue(tree, Settings.class);
        } catch (JsonProcessingException e) {
            throw new ConfigException("the settings do not fit together: " + e.getOriginalMessage());
        }
    }

    /** Sections, and those of namespaces, down to their settings; what these hold is compared as a whole. */
    private static void flatten(String path, ObjectNode section, Map<String, JsonNode> into) {
        section.properties().forEach(entry -> {
            String below = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
            boolean hasParts = path.isEmpty() || path.equals(NAMESPACES);
            if (hasParts && entry.getValue() instanceof ObjectNode parts) {
                flatten(below, parts, into);
            } else {
                into.put(below, entry.getValue());
            }
        });
    }

    /** Of a path that {@link #flatten} made; the names of namespaces may hold dots. */
    private static JsonNode at(ObjectNode tree, String path) {
        return section(tree, path).path(path.substring(path.lastIndexOf('.') + 1));
    }

    private static void put(ObjectNode tree, String path, JsonNode value) {
        ((ObjectNode) section(tree, path)).set(path.substring(path.lastIndexOf('.') + 1), value);
    }

    private static JsonNode section(ObjectNode tree, String path) {
        int first = path.indexOf('.');
        int last = path.lastIndexOf('.');
        if (first < 0) {
            return tree;
        }
        JsonNode section = tree.path(path.substring(0, first));
        return first == last ? section : section.path(path.substring(first + 1, last));
    }
}
