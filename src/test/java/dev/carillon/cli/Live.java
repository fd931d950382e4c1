package dev.carillon.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine;

/** A command that goes on until it is closed: its lines one by one, of stdout and stderr together. */
final class Live implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final AtomicInteger exitCode = new AtomicInteger(-1);
    private final Thread thread;

    Live(String... args) {
        CommandLine command = CarillonCommand.commandLine()
                .setOut(new PrintWriter(new Lines(lines), true))
                .setErr(new PrintWriter(new Lines(lines), true))
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        thread = new Thread(() -> exitCode.set(command.execute(args)), "live " + String.join(" ", args));
        thread.start();
    }

    /** The next line that holds all of the texts; those before it are forgotten. */
    String next(String... texts) throws InterruptedException {
        StringBuilder passed = new StringBuilder();
        while (true) {
            String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new AssertionError("no line with " + String.join(", ", texts) + " after:\n" + passed);
            }
            boolean all = true;
            for (String text : texts) {
                all &= line.contains(text);
            }
            if (all) {
                return line;
            }
            passed.append(line).append('\n');
        }
    }

    /** Waits for its end by itself. */
    int exitCode() throws InterruptedException {
        thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        return exitCode.get();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private static final class Lines extends Writer {
        private final BlockingQueue<String> lines;
        private final StringBuilder line = new StringBuilder();

        Lines(BlockingQueue<String> lines) {
            this.lines = lines;
        }

        @Override
        public void write(char[] text, int offset, int length) {
            for (int i = offset; i < offset + length; i++) {
                if (text[i] == '\n') {
                    lines.add(line.toString());
                    line.setLength(0);
                } else {
                    line.append(text[i]);
                }
            }
        }

        @Override
        public void flush() throws IOException {}

        @Override
        public void close() throws IOException {}
    }
}
