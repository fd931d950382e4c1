package dev.carillon.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The keys of development mode, made at the first start in a directory and kept there. Nodes that start in one
 * directory at the same moment end up with the same keys.
 *
 * @param secret of the tokens
 * @param apiKey of {@code /api}
 */
record DevelopmentKeys(String secret, String apiKey) {
    static final String FILE = ".carillon/dev-keys.yaml";

    private static final String HEAD = """
            # Keys of Carillon's development mode, made at its first start here. Delete the file to have new ones.
            # Whoever reads them may sign tokens and call /api of the development nodes in this directory.
            """;

    /** @throws ConfigException if the file cannot be made or read */
    static DevelopmentKeys in(Path directory) {
        Path file = directory.resolve(FILE);
        try {
            if (!Files.exists(file)) {
                create(file);
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new ConfigException(file + " cannot be made (" + e.getClass().getSimpleName()
                    + "): start in a directory that this user may write to, or set auth.secret and api.keys");
        }
        return read(file);
    }

    private static DevelopmentKeys read(Path file) {
        ObjectNode values = SettingsYaml.file(file);
        String secret = values.path("secret").asText();
        String apiKey = values.path("api-key").asText();
        if (secret.isEmpty() || apiKey.isEmpty()) {
            throw new ConfigException(file + " must hold secret and api-key: delete it to have new ones made");
        }
        return new DevelopmentKeys(secret, apiKey);
    }

    // A link to a whole file appears in one step and never replaces one: the first node wins, and none reads half a
    // file.
    private static void create(Path file) throws IOException {
        Path directory = Files.createDirectories(file.toAbsolutePath().getParent(), only("rwx------"));
        Path whole = Files.createTempFile(directory, "dev-keys", ".tmp", only("rw-------"));
        try {
            Files.writeString(
                    whole,
                    HEAD
                            + SettingsMapper.MAPPER.writeValueAsString(SettingsMapper.MAPPER
                                    .createObjectNode()
                                    .put(
                                            "secret",
                                            Base64.getUrlEncoder()
                                                    .withoutPadding()
                                                    .encodeToString(random(48)))
                                    .put("api-key", "dev-" + HexFormat.of().formatHex(random(16)))));
            Files.createLink(file, whole);
        } catch (FileAlreadyExistsException e) {
            // Another node was first; its keys are read.
        } finally {
            Files.delete(whole);
        }
    }

    private static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        new SecureRandom().nextBytes(random);
        return random;
    }

    private static FileAttribute<?>[] only(String permissions) {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    @Override
    public String toString() {
        return "DevelopmentKeys";
    }
}
