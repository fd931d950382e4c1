package dev.carillon.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Reads YAML from files, resources and single values; what is wrong with it is said in one line. */
final class SettingsYaml {
    private SettingsYaml() {}

    /** @throws ConfigException if the file cannot be read or is no YAML map */
    static ObjectNode file(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new ConfigException(file + " does not exist: give --config the path of a settings file");
        } catch (CharacterCodingException e) {
            throw new ConfigException(file + " is not UTF-8: save it as UTF-8");
        } catch (IOException e) {
            throw new ConfigException(
                    file + " cannot be read: make it a file that this user may read (" + reason(e) + ")");
        }
        return map(text, file.toString());
    }

    /** A file that Carillon brings with it. */
    static ObjectNode resource(String name) {
        try (InputStream in = SettingsYaml.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new AssertionError(name + " is not in the jar");
            }
            return map(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8), name);
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }

    private static ObjectNode map(String text, String name) {
        JsonNode tree = parse(text, name);
        if (tree.isNull()) {
            return SettingsMapper.MAPPER.createObjectNode();
        }
        if (tree instanceof ObjectNode map) {
            return map;
        }
        throw new ConfigException(name + " is no map of settings: write lines of key: value");
    }

    /**
     * One value, as environment variables and {@code --set} give it.
     *
     * @param name what is wrong if it is no YAML
     */
    static JsonNode parse(String text, String name) {
        try {
            JsonNode tree = SettingsMapper.MAPPER.readTree(text);
            return tree.isMissingNode() ? SettingsMapper.MAPPER.nullNode() : tree;
        } catch (JacksonException e) {
            throw notYaml(e, name);
        }
    }

    private static ConfigException notYaml(JacksonException e, String name) {
        String problem = e.getOriginalMessage();
        String line = e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            // Its message repeats the line of the file, which may hold a secret; its problem does not.
            if (cause instanceof MarkedYAMLException marked) {
                problem = marked.getProblem();
                line = marked.getProblemMark() == null
                        ? line
                        : ":" + (marked.getProblemMark().getLine() + 1);
            }
        }
        String first = problem == null ? "" : problem.lines().findFirst().orElse("");
        return new ConfigException(name + line + " is not valid YAML: " + first
                + "; check indentation (spaces, no tabs), quotes and brackets there");
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName();
    }
}
