package dev.carillon.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the scripts of {@code src/test/browser} with Node.js; each prints one line of JSON and exits 1 if a check failed. */
public final class NodeScript {
    private static final Path SCRIPTS = Path.of("src/test/browser").toAbsolutePath();
    private static final Path CLIENT = Path.of("src/client").toAbsolutePath();
    private static final long PATIENCE_SECONDS = 240;
    private static boolean built;

    private NodeScript() {}

    /** The last line that a script printed, after it ended well. */
    public static JsonObject run(String script, String... arguments) {
        List<String> command = new ArrayList<>(List.of("node", script));
        command.addAll(List.of(arguments));
        String output = output(SCRIPTS, command);
        return new JsonObject(output.substring(output.lastIndexOf('\n') + 1));
    }

    /** Installs the published clients if that was not done; {@code scripts/test} does it before. */
    public static void install() {
        install(SCRIPTS);
    }

    /** Builds the client library once for all tests, after installing what that takes. */
    public static synchronized void buildClient() {
        if (!built) {
            install(CLIENT);
            assertThat(output(CLIENT, List.of("npm", "run", "build"))).isNotNull();
            built = true;
        }
    }

    private static void install(Path directory) {
        if (!Files.isDirectory(directory.resolve("node_modules"))) {
            assertThat(output(directory, List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")))
                    .isNotNull();
        }
    }

    private static String output(Path directory, List<String> command) {
        try {
            Path file = Files.createTempFile("node-script", ".out");
            try {
                Process process = new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(file.toFile())
                        .start();
                boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (!ended) {
                    process.destroyForcibly();
                }
                String output = Files.readString(file, StandardCharsets.UTF_8).strip();
                assertThat(ended).as("ended in time, with %s", output).isTrue();
                assertThat(process.exitValue()).as(output).isZero();
                return output;
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new AssertionError(command.get(0) + " cannot be run; see scripts/test", e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
