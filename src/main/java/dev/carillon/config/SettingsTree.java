package dev.carillon.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.carillon.config.SettingType.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The settings while they are put together: the defaults as a tree, onto which one source after another is laid. Each
 * value is checked as it is laid, so that an error can name the source. For one thread.
 */
final class SettingsTree {
    private final ObjectNode root = SettingsMapper.MAPPER.valueToTree(Settings.DEFAULTS);
    private final Map<String, String> origins = new HashMap<>();

    /**
     * Lays a source over what is there: sections and tables merge, lists and values replace.
     *
     * @param source as the operator knows it: a file's name
     * @throws ConfigException for an unknown key or a value its setting cannot hold
     */
    void overlay(ObjectNode values, String source) {
        merge(SettingType.ROOT, root, values, "", source);
    }

    /**
     * Sets one value from text.
     *
     * @param path a full key such as {@code http.port} or {@code namespaces.feed.history-size}
     * @param text as the setting's type reads it: plain text, a number, a list separated by commas, or YAML
     */
    void assign(String path, String text, String source) {
        overlay(nested(SettingType.ROOT, "", List.of(path.split("\\.", -1)), text, source), source);
    }

    private static ObjectNode nested(SettingType type, String prefix, List<String> parts, String text, String source) {
        int length = keyLength(type, parts);
        String key = String.join(".", parts.subList(0, length));
        List<String> rest = parts.subList(length, parts.size());
        SettingType below = below(type, prefix, key, source);
        ObjectNode values = SettingsMapper.MAPPER.createObjectNode();
        if (rest.isEmpty()) {
            return values.set(key, value(below, text, prefix + key));
        }
        if (below.kind() != Kind.SECTION && below.kind() != Kind.TABLE) {
            throw new ConfigException(prefix + key + " has no keys below it (from " + source + "): set it whole");
        }
        return values.set(key, nested(below, prefix + key + ".", rest, text, source));
    }

    // A name in a table may hold dots: an address takes all that is left, a namespace what stands before a known key.
    private static int keyLength(SettingType type, List<String> parts) {
        if (type.kind() != Kind.TABLE) {
            return 1;
        }
        if (!type.isTableOfSections()) {
            return parts.size();
        }
        for (int i = 1; i < parts.size(); i++) {
            if (type.elements().keys().containsKey(parts.get(i))) {
                return i;
            }
        }
        return Math.max(1, parts.size() - 1);
    }

    private static SettingType below(SettingType type, String prefix, String key, String source) {
        SettingType below =
                type.kind() == Kind.TABLE ? type.elements() : type.keys().get(key);
        if (below == null) {
            throw unknown(type, prefix, key, source);
        }
        return below;
    }

    private static JsonNode value(SettingType type, String text, String path) {
        boolean yaml =
                switch (type.kind()) {
                    case SECTION, TABLE, ANY -> true;
                    case LIST -> text.strip().startsWith("[");
                    case TEXT, NUMBER, SWITCH, DURATION, WORD -> false;
                };
        return yaml ? SettingsYaml.parse(text, path) : TextNode.valueOf(text);
    }

    private void merge(SettingType type, ObjectNode target, ObjectNode values, String prefix, String source) {
        values.fields().forEachRemaining(field -> {
            String key = field.getKey();
            SettingType below = below(type, prefix, key, source);
            String path = prefix + key;
            if (below.kind() == Kind.SECTION || below.kind() == Kind.TABLE) {
                SettingValue place = new SettingValue(path, below, source);
                merge(below, section(type, target, key), map(place, field.getValue()), path + ".", source);
            } else {
                target.set(key, new SettingValue(path, below, source).read(field.getValue()));
            }
            origins.put(path, source);
        });
    }

    // A new namespace begins with the strict defaults: nobody may subscribe.
    private static ObjectNode section(SettingType type, ObjectNode target, String key) {
        if (!target.has(key) && type.isTableOfSections()) {
            target.set(key, SettingsMapper.MAPPER.valueToTree(NamespaceSettings.DEFAULTS));
        }
        return target.withObjectProperty(key);
    }

    // A section whose lines are all comments reads as null: there is nothing to lay over.
    private static ObjectNode map(SettingValue place, JsonNode given) {
        if (given.isNull()) {
            return SettingsMapper.MAPPER.createObjectNode();
        }
        if (given instanceof ObjectNode object) {
            return object;
        }
        throw place.refused("must hold keys of its own", given);
    }

    private static ConfigException unknown(SettingType type, String prefix, String key, String source) {
        String path = prefix + key;
        String shown = path.replaceAll("\\p{Cntrl}+", " ");
        if (KnownKeys.ALL.contains(path) && key.contains(".")) {
            return new ConfigException(
                    shown + " must be nested (from " + source + "): write " + key.substring(0, key.indexOf('.'))
                            + ": and below it " + key.substring(key.indexOf('.') + 1) + ":");
        }
        String cure = KnownKeys.nearest(prefix, key, type.keys().keySet())
                .map(known -> "did you mean " + known + "?")
                .orElseGet(() -> "known here: " + String.join(", ", type.keys().keySet()));
        return new ConfigException(shown + " is no setting (from " + source + "): " + cure);
    }

    /** Whether a {@code true} stands at the top-level key {@code dev}. */
    boolean dev() {
        return root.path("dev").asBoolean();
    }

    /** Whether a text or list is still empty. */
    boolean isEmpty(String section, String key) {
        return isEmpty(root.path(section).path(key));
    }

    static boolean isEmpty(JsonNode value) {
        return value.isTextual() ? value.asText().isEmpty() : value.isEmpty();
    }

    /**
     * The namespace that a part of an environment variable's name stands for: one that is there already, whatever its
     * punctuation and case, or a new one in lower case.
     */
    String namespaceCalled(String environmentName) {
        List<String> names = new ArrayList<>();
        root.path("namespaces").fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            if (EnvironmentVariables.nameOf(name).equals(environmentName)) {
                return name;
            }
        }
        return environmentName.toLowerCase(Locale.ROOT);
    }

    /** @throws ConfigException if a record refuses its values */
    Settings bind() {
        try {
            return SettingsMapper.MAPPER.treeToValue(root, Settings.class);
        } catch (JsonMappingException e) {
            if (e.getCause() instanceof ConfigException refused) {
                throw new ConfigException(withOrigin(section(e) + refused.getMessage()));
            }
            throw new AssertionError("a checked tree must bind", e);
        } catch (JsonProcessingException e) {
            throw new AssertionError("a checked tree must bind", e);
        }
    }

    // A namespace does not know its own name, so its messages begin with the key alone.
    private static String section(JsonMappingException e) {
        List<JsonMappingException.Reference> path = e.getPath();
        boolean namespace = path.size() > 1 && "namespaces".equals(path.get(0).getFieldName());
        return namespace ? "namespaces." + path.get(1).getFieldName() + "." : "";
    }

    private String withOrigin(String message) {
        String source = origins.get(message.split(" ", 2)[0]);
        return source == null ? message : message + " (from " + source + ")";
    }
}
