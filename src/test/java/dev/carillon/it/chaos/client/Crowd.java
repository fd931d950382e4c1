package dev.carillon.it.chaos.client;

import dev.carillon.it.chaos.nodes.Places;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Thousands of clients in a process of their own; each knows as little as a client can, because they stand for
 * other people's machines. Their users' names begin with {@code crowd}. For one thread; its calls wait for the process.
 */
public final class Crowd implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;

    private final Process process;
    private final BufferedReader answers;
    private final PrintWriter commands;

    /** Starts the process; its clients connect as fast as it can. */
    Crowd(Places places, long seed, int count, List<String> channels) {
        // What its machines would do beside the nodes and the clients that are measured, it does when they leave it
        // time.
        List<String> command = new ArrayList<>(List.of("nice", "-n", "10"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx1500m");
        // What it does is too little to be worth compiling twice, which took as much as its connections.
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("--add-") || flag.startsWith("-D"))
                .toList());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), CrowdMain.class.getName()));
        command.add(Long.toString(seed));
        command.add(Integer.toString(count));
        command.add(String.join(",", channels));
        for (int place = 0; place < places.size(); place++) {
            command.add(places.address(place).toString());
        }
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        answers = process.inputReader();
        commands = new PrintWriter(process.outputWriter(), true);
    }

    /** Whether all are subscribed to all they want. */
    public boolean isReady() {
        return missing() == 0;
    }

    /** Those that are not. */
    public long missing() {
        return ask(CrowdMain.MISSING);
    }

    /** Attempts to connect that came to nothing. */
    public long refusedAttempts() {
        return ask(CrowdMain.REFUSED);
    }

    /** Ends all connections at once; they come back by themselves. */
    public void disconnect() {
        var unused = ask(CrowdMain.DISCONNECT);
    }

    private long ask(String command) {
        commands.println(command);
        try {
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (line.startsWith(command + " ")) {
                    return Long.parseLong(line.substring(command.length() + 1));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("the crowd's process ended");
    }

    /** Ends the connections and the process. */
    @Override
    public void close() {
        commands.close();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
