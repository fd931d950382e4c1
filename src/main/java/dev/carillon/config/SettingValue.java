package dev.carillon.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Locale;

/**
 * Brings one value into the form its setting has, or says in one line why it has none.
 *
 * @param path the setting's full key
 * @param type what it may hold
 * @param source where the value comes from, as the operator knows it
 */
record SettingValue(String path, SettingType type, String source) {
    private static final int MAX_QUOTED = 80;

    /** @throws ConfigException if the setting cannot hold {@code given} */
    JsonNode read(JsonNode given) {
        if (given.isNull()) {
            throw problem("has no value: give it one, or remove the key");
        }
        return switch (type.kind()) {
            case TEXT -> text(given);
            case NUMBER -> number(given);
            case SWITCH -> truth(given);
            case DURATION -> duration(given);
            case WORD -> word(given);
            case LIST -> list(given);
            case ANY -> object(given);
            case SECTION, TABLE -> throw new AssertionError(path + " is not a single value");
        };
    }

    private JsonNode text(JsonNode given) {
        if (given.isNumber() || given.isBoolean()) {
            throw refused("must be text: put it in quotes", given);
        }
        if (!given.isTextual()) {
            throw refused("must be text", given);
        }
        return given;
    }

    private JsonNode number(JsonNode given) {
        try {
            if (given.isIntegralNumber() || given.isTextual()) {
                return IntNode.valueOf(Integer.parseInt(given.asText().strip()));
            }
        } catch (NumberFormatException e) {
            throw refused("must be a whole number of at most " + Integer.MAX_VALUE, given);
        }
        throw refused("must be a whole number", given);
    }

    private JsonNode truth(JsonNode given) {
        String text = given.asText().strip().toLowerCase(Locale.ROOT);
        if (!text.equals("true") && !text.equals("false")) {
            throw refused("must be true or false", given);
        }
        return BooleanNode.valueOf(text.equals("true"));
    }

    private JsonNode duration(JsonNode given) {
        if (given.isNumber()) {
            throw refused("needs a unit, like " + given.asText() + "s or " + given.asText() + "ms", given);
        }
        try {
            return TextNode.valueOf(DurationText.of(DurationText.parse(given.asText())));
        } catch (IllegalArgumentException e) {
            throw refused("must be " + DurationText.FORM, given);
        }
    }

    private JsonNode word(JsonNode given) {
        String text = given.asText().strip().toLowerCase(Locale.ROOT);
        if (!type.words().contains(text)) {
            throw refused("must be one of " + String.join(", ", type.words()), given);
        }
        return TextNode.valueOf(text);
    }

    /** A scalar is a list of one; text is split at commas, so that an environment variable can hold a list. */
    private JsonNode list(JsonNode given) {
        SettingValue one = new SettingValue(path, type.elements(), source);
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        if (given.isArray()) {
            given.forEach(element -> list.add(one.read(element)));
        } else if (given.isTextual()) {
            for (String part : given.asText().split(",")) {
                if (!part.isBlank()) {
                    list.add(one.read(TextNode.valueOf(part.strip())));
                }
            }
        } else {
            list.add(one.read(given));
        }
        return list;
    }

    private JsonNode object(JsonNode given) {
        if (!given.isObject()) {
            throw refused("must be a map", given);
        }
        return given;
    }

    ConfigException refused(String problem, JsonNode given) {
        if (type.secret()) {
            return problem(problem);
        }
        String shown = given.isTextual() ? given.asText() : given.toString();
        String cut = shown.length() > MAX_QUOTED ? shown.substring(0, MAX_QUOTED) + "..." : shown;
        // Whatever was written, the message stays one line.
        return problem(problem + ", was " + cut.replaceAll("\\p{Cntrl}+", " "));
    }

    ConfigException problem(String problem) {
        return new ConfigException(path + " " + problem + " (from " + source + ")");
    }
}
