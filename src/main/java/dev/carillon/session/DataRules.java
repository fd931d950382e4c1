package dev.carillon.session;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.config.ConfigException;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.Validator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the data of a publication must be: its size and, where the namespace has one, its JSON Schema. Safe on any thread. */
public final class DataRules {
    private final Map<String, NamespaceSettings> namespaces;
    private volatile Map<String, JsonSchema> schemas;

    /**
     * @param namespaces as they are at each question
     * @throws ConfigException if a namespace's schema is none
     */
    public DataRules(Map<String, NamespaceSettings> namespaces) {
        this.namespaces = namespaces;
        schemas = schemas(namespaces);
    }

    /** The schemas of other settings, which are to be given to {@link #use}; fails as the constructor does. */
    public static Map<String, JsonSchema> schemas(Map<String, NamespaceSettings> namespaces) {
        Map<String, JsonSchema> schemas = new HashMap<>();
        namespaces.forEach((name, settings) -> {
            if (!settings.schema().isEmpty()) {
                schemas.put(name, schema(name, settings.schema()));
            }
        });
        return Map.copyOf(schemas);
    }

    /** From here on data has to meet these. */
    public void use(Map<String, JsonSchema> others) {
        schemas = others;
    }

    private static JsonSchema schema(String namespace, Map<String, Object> schema) {
        try {
            // Settings cannot be changed, and validators write into their schema.
            JsonSchema read = JsonSchema.of(new JsonObject(schema).copy());
            validator(read).validate(new JsonObject());
            return read;
        } catch (RuntimeException e) {
            throw new ConfigException("namespaces." + namespace + ".schema is no JSON Schema: " + e.getMessage());
        }
    }

    /** A validator keeps no state worth sharing between threads, so each use has its own. */
    private static Validator validator(JsonSchema schema) {
        return Validator.create(
                schema,
                new JsonSchemaOptions()
                        .setBaseUri("app://carillon")
                        .setDraft(Draft.DRAFT202012)
                        .setOutputFormat(OutputFormat.Flag));
    }

    /**
     * Lets data pass or refuses it.
     *
     * @param id of the command, for the refusal
     * @throws ProtocolException 202, 203, 207 or 209
     */
    public void check(ChannelName channel, Payload data, long id) {
        checkSize(channel, data, id);
        JsonSchema schema = schemas.get(channel.namespace());
        if (schema != null && !meets(schema, data)) {
            throw new ProtocolException(ErrorCode.SCHEMA_REFUSED, id);
        }
    }

    /**
     * The same, but for the schema.
     *
     * @throws ProtocolException 202, 203 or 209
     */
    void checkSize(ChannelName channel, Payload data, long id) {
        NamespaceSettings namespace = checkNamespace(channel, id);
        if (channel.isReserved()) {
            throw new ProtocolException(ErrorCode.PERMISSION_DENIED, id);
        }
        if (data.size() > namespace.maxDataBytes()) {
            throw new ProtocolException(ErrorCode.TOO_LARGE, id);
        }
    }

    /**
     * The settings of a channel's namespace.
     *
     * @throws ProtocolException 202 if it has none
     */
    @CanIgnoreReturnValue
    public NamespaceSettings checkNamespace(ChannelName channel, long id) {
        NamespaceSettings namespace = channel.isReserved() ? reserved(channel) : namespaces.get(channel.namespace());
        if (namespace == null) {
            throw new ProtocolException(ErrorCode.UNKNOWN_NAMESPACE, id);
        }
        return namespace;
    }

    private static @Nullable NamespaceSettings reserved(ChannelName channel) {
        return OperatorChannel.isOne(channel) ? NamespaceSettings.RESERVED : null;
    }

    private static boolean meets(JsonSchema schema, Payload data) {
        try {
            Object value = Buffer.buffer(data.json()).toJsonValue();
            return Boolean.TRUE.equals(validator(schema).validate(value).getValid());
        } catch (RuntimeException e) {
            return false;
        }
    }
}
