package dev.carillon.session;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.carillon.channel.Payload;
import java.io.IOException;
import java.util.function.Function;

/**
 * Finds what a publication is the latest of: the text, number or truth value at a path of field names in its data, or in
 * the {@code meta} of a binary one. Whatever has none there shares one key. Immutable.
 */
final class ConflationKey implements Function<Payload, String> {
    /** Of data without such a value, or with one that is longer than {@link #MAX_LENGTH}. */
    static final String NONE = "";

    static final int MAX_LENGTH = 256;

    // Names come from strangers.
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private final String[] path;

    /** @param path field names joined by dots; empty if there is nothing to look for */
    ConflationKey(String path) {
        this.path = path.isEmpty() ? new String[0] : path.split("\\.");
    }

    @Override
    public String apply(Payload data) {
        if (path.length == 0) {
            return NONE;
        }
        try (JsonParser parser = JSON.createParser(data.json())) {
            JsonToken value = parser.nextToken();
            for (String name : path) {
                if (value != JsonToken.START_OBJECT) {
                    return NONE;
                }
                value = field(parser, name);
            }
            return text(parser, value);
        } catch (IOException e) {
            // It was checked when it was published; what is no JSON all the same is the latest of nothing.
            return NONE;
        }
    }

    private static JsonToken field(JsonParser parser, String name) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean found = parser.currentName().equals(name);
            JsonToken value = parser.nextToken();
            if (found) {
                return value;
            }
            parser.skipChildren();
        }
        return JsonToken.VALUE_NULL;
    }

    // A quotation mark keeps "1" and 1 apart.
    private static String text(JsonParser parser, JsonToken value) throws IOException {
        if (!value.isScalarValue() || value == JsonToken.VALUE_NULL || parser.getTextLength() > MAX_LENGTH) {
            return NONE;
        }
        return value == JsonToken.VALUE_STRING ? '"' + parser.getText() : parser.getText();
    }
}
