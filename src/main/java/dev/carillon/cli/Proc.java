package dev.carillon.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the kernel tells of itself. Where there is no {@code /proc}, every file is empty.
 *
 * @param root {@code /proc}
 */
record Proc(Path root) {
    private static final int MAX_BYTES = 8192;

    static Proc here() {
        return new Proc(Path.of("/proc"));
    }

    /** A setting of the kernel by the name that {@code sysctl} has for it. */
    String setting(String name) {
        return read("sys/" + name.replace('.', '/')).strip();
    }

    String read(String file) {
        // In one go: the kernel tells numbers in one piece or not at all, so the second of two reads brings nothing.
        byte[] text = new byte[MAX_BYTES];
        try (InputStream in = Files.newInputStream(root.resolve(file))) {
            return new String(text, 0, Math.max(0, in.read(text)), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return "";
        }
    }
}
