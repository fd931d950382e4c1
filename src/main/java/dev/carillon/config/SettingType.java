package dev.carillon.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a setting may hold, read from the records, so that a new component is a new key in every source at once.
 *
 * @param keys of a {@link Kind#SECTION}, in the order of its record
 * @param element of a {@link Kind#LIST} or {@link Kind#TABLE}
 * @param words of a {@link Kind#WORD}
 * @param secret whether the value must never be shown
 */
record SettingType(
        Kind kind, Map<String, SettingType> keys, @Nullable SettingType element, List<String> words, boolean secret) {
    enum Kind {
        /** A record: fixed keys. */
        SECTION,
        /** A map: keys chosen by the operator. */
        TABLE,
        LIST,
        TEXT,
        NUMBER,
        SWITCH,
        DURATION,
        /** One of an enum's constants, in lower case and with '-'. */
        WORD,
        /** Anything at all, as a JSON Schema is. */
        ANY
    }

    /** The whole tree. */
    static final SettingType ROOT = of(Settings.class, false);

    private static SettingType of(Type type, boolean secret) {
        if (type instanceof ParameterizedType generic) {
            boolean table = generic.getRawType() == Map.class;
            Type[] arguments = generic.getActualTypeArguments();
            SettingType element = of(arguments[arguments.length - 1], secret);
            if (table && element.kind == Kind.ANY) {
                return element;
            }
            return new SettingType(table ? Kind.TABLE : Kind.LIST, Map.of(), element, List.of(), secret);
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isRecord()) {
            return section(plain);
        }
        return new SettingType(kindOf(plain), Map.of(), null, words(plain), secret);
    }

    private static SettingType section(Class<?> type) {
        Map<String, SettingType> keys = new LinkedHashMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            boolean secret = component.isAnnotationPresent(Secret.class);
            keys.put(kebab(component.getName()), of(component.getGenericType(), secret));
        }
        return new SettingType(Kind.SECTION, keys, null, List.of(), false);
    }

    private static Kind kindOf(Class<?> type) {
        if (type == String.class) {
            return Kind.TEXT;
        } else if (type == int.class || type == Integer.class) {
            return Kind.NUMBER;
        } else if (type == boolean.class) {
            return Kind.SWITCH;
        } else if (type == Duration.class) {
            return Kind.DURATION;
        } else if (type.isEnum()) {
            return Kind.WORD;
        } else if (type == Object.class) {
            return Kind.ANY;
        }
        throw new AssertionError("no kind of setting for " + type);
    }

    private static List<String> words(Class<?> type) {
        List<String> words = new ArrayList<>();
        if (type.isEnum()) {
            for (Object constant : type.getEnumConstants()) {
                words.add(constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'));
            }
        }
        return words;
    }

    private static String kebab(String component) {
        return component.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** The type of what a list or table holds. */
    SettingType elements() {
        if (element == null) {
            throw new AssertionError(kind + " has no elements");
        }
        return element;
    }

    /** Whether the keys below are the operator's and each holds a section, as in {@code namespaces}. */
    boolean isTableOfSections() {
        return kind == Kind.TABLE && elements().kind == Kind.SECTION;
    }
}
