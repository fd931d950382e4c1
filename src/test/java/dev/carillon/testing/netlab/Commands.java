package dev.carillon.testing.netlab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Short commands of this machine. */
final class Commands {
    private static final int PATIENCE_SECONDS = 60;

    private Commands() {}

    /**
     * Runs a command and returns what it printed.
     *
     * @throws IllegalStateException if it cannot be started, fails, or does not end; says what it printed
     */
    static String run(String... command) {
        try {
            Path output = Files.createTempFile("carillon-command", ".out");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
                process.destroyForcibly();
                String printed =
                        Files.readString(output, StandardCharsets.UTF_8).strip();
                if (!ended || process.exitValue() != 0) {
                    throw new IllegalStateException(String.join(" ", command) + ": "
                            + (ended ? "exit code " + process.exitValue() : "did not end") + ": " + printed);
                }
                return printed;
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(List.of(command) + " cannot be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
