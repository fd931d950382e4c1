package dev.carillon.testing.netlab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The running switch, {@code src/test/native/netlab.c}; its beginning says what can be asked of it. Built when it is
 * first needed. Ends with this JVM at the latest. Safe on any thread.
 */
final class Switch implements AutoCloseable {
    private static final Path SOURCE = Path.of("src/test/native/netlab.c");
    private static final Path PROGRAM = Path.of("target/netlab/netlab");
    private static final String READY = "ready ";
    private static final int PATIENCE_SECONDS = 10;

    private final Process process;
    private final Writer commands;
    private final BufferedReader answers;
    private final String network;

    private Switch(Process process) throws IOException {
        this.process = process;
        commands = process.outputWriter(StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String ready = answers.readLine();
        if (ready == null || !ready.startsWith(READY)) {
            close();
            throw new IllegalStateException("the switch did not start: " + ready);
        }
        network = ready.substring(READY.length());
    }

    /** Connects namespaces; when it returns, each has its device and its address. */
    static Switch start(long seed, List<String> namespaces) {
        try {
            List<String> command = new ArrayList<>(List.of(build().toString(), Long.toString(seed)));
            command.addAll(namespaces);
            return new Switch(
                    new ProcessBuilder(command).redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static synchronized Path build() throws IOException {
        Path program = PROGRAM.toAbsolutePath();
        if (!Files.exists(program)
                || Files.getLastModifiedTime(program).compareTo(Files.getLastModifiedTime(SOURCE)) < 0) {
            Files.createDirectories(program.getParent());
            Path fresh = Files.createTempFile(program.getParent(), "netlab", "");
            Commands.run("gcc", "-O2", "-Wall", "-Wextra", "-o", fresh.toString(), SOURCE.toString());
            // In one step: another test process may be about to start it.
            Files.move(fresh, program, StandardCopyOption.ATOMIC_MOVE);
        }
        return program;
    }

    /** The first three numbers of every address, {@code 10.77.N}. */
    String network() {
        return network;
    }

    /** Gives a command; when it returns, the command holds. What it printed, line by line. */
    synchronized List<String> command(String command) {
        try {
            commands.write(command + "\n");
            commands.flush();
            List<String> lines = new ArrayList<>();
            for (String line = answers.readLine(); ; line = answers.readLine()) {
                if ("ok".equals(line)) {
                    return lines;
                }
                requireNoError(line, command);
                lines.add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the switch has ended", e);
        }
    }

    private static void requireNoError(@Nullable String line, String command) {
        if (line == null || line.startsWith("error ") || line.startsWith("netlab: ")) {
            throw new IllegalStateException(line == null ? "the switch ended at: " + command : line);
        }
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
