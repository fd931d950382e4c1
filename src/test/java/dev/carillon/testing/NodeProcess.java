package dev.carillon.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Carillon in a JVM of its own, as an operator starts it: from the jar if that is as new as the classes, else from the
 * class path of the test. Ends with the test's JVM at the latest.
 */
public final class NodeProcess implements AutoCloseable {
    /** Generous: only a broken build waits this long. */
    public static final int PATIENCE_SECONDS = 60;

    private static final Pattern UP = Pattern.compile("Carillon node (\\S+) is up: http://([^:/]+):(\\d+)");
    private static final Path JAR = Path.of("target/carillon.jar").toAbsolutePath();
    private static final Path DIRECTORY = Path.of("target").toAbsolutePath();
    private static final Set<Process> ALIVE = ConcurrentHashMap.newKeySet();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> ALIVE.forEach(Process::destroyForcibly), "end-node-processes"));
    }

    /** Short lives on a busy machine: quick to start, few threads. */
    private static final List<String> SHORT_LIFE = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Process process;
    private final List<String> out = new ArrayList<>();
    private final List<String> err = new ArrayList<>();
    private final @Nullable PrintWriter log;
    private int openStreams = 2;

    /**
     * How a node is started.
     *
     * @param prefix a command that runs the JVM, such as one that enters a network namespace; it must become the JVM
     * @param jvm flags; those that Carillon cannot do without are added
     * @param shadow directories whose classes take the place of the node's own
     * @param log a file that gets all lines as well, appended; null for none
     */
    public record Launch(
            List<String> prefix,
            List<String> jvm,
            List<Path> shadow,
            @Nullable Path log) {
        public static final Launch SHORT = new Launch(List.of(), SHORT_LIFE, List.of(), null);

        public Launch log(Path file) {
            return new Launch(prefix, jvm, shadow, file);
        }
    }

    private NodeProcess(Process process, @Nullable Path log) throws IOException {
        this.process = process;
        this.log = log == null
                ? null
                : new PrintWriter(
                        Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND), true);
        ALIVE.add(process);
        read(process.getInputStream(), out, "out");
        read(process.getErrorStream(), err, "err");
    }

    /** Starts {@code carillon} with these arguments and does not wait for anything. */
    public static NodeProcess launch(List<String> arguments) {
        return launch(Launch.SHORT, arguments);
    }

    /** The same, in a way of its own. */
    public static NodeProcess launch(Launch how, List<String> arguments) {
        List<String> command = new ArrayList<>(how.prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(how.jvm);
        String shadow = how.shadow.stream()
                .map(directory -> directory.toAbsolutePath() + ":")
                .collect(Collectors.joining());
        if (isJarFresh() && shadow.isEmpty()) {
            command.addAll(List.of("-jar", JAR.toString()));
        } else {
            command.addAll(flagsOfThisJvm());
            command.addAll(List.of("-cp", shadow + (isJarFresh() ? JAR : classPath()), "dev.carillon.Main"));
        }
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(DIRECTORY.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("CARILLON_"));
        try {
            return new NodeProcess(builder.start(), how.log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isJarFresh() {
        try (Stream<Path> classes = Files.walk(DIRECTORY.resolve("classes"))) {
            if (!Files.exists(JAR)) {
                return false;
            }
            long built = Files.getLastModifiedTime(JAR).toMillis();
            return classes.filter(Files::isRegularFile)
                    .allMatch(file -> file.toFile().lastModified() <= built);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the build gives to every JVM that runs Carillon. */
    private static List<String> flagsOfThisJvm() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("--add-") || flag.startsWith("-Djava.util.concurrent."))
                .toList();
    }

    // Without the tests' own files: a node logs as it does in its jar.
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(":"))
                .filter(entry -> !entry.contains("test-classes"))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(":"));
    }

    private void read(InputStream stream, List<String> lines, String name) {
        Thread reader = new Thread(
                () -> {
                    try (BufferedReader in =
                            new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                        for (String line = in.readLine(); line != null; line = in.readLine()) {
                            synchronized (this) {
                                lines.add(line);
                                if (log != null) {
                                    log.println(line);
                                }
                                notifyAll();
                            }
                        }
                    } catch (IOException e) {
                        // The stream breaks when the process is killed; what it said until then is there.
                    } finally {
                        synchronized (this) {
                            openStreams--;
                            if (openStreams == 0 && log != null) {
                                log.close();
                            }
                            notifyAll();
                        }
                    }
                },
                "node-" + process.pid() + "-" + name);
        reader.setDaemon(true);
        reader.start();
    }

    /** Waits until the process says that it is up and {@code /health/ready} agrees. */
    public void awaitReady() {
        awaitHealth("ready");
    }

    /** Waits until every channel of the cluster has its copies, as this node sees it. */
    public void awaitSafe() {
        awaitHealth("safe");
    }

    private void awaitHealth(String what) {
        URI uri = URI.create("http://" + up().group(2) + ":" + port() + "/health/" + what);
        Until.holds(() -> status(uri) == 200, () -> "not " + what + ": " + this);
    }

    private int status(URI uri) {
        try {
            return HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            requireAlive();
            return -1;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void requireAlive() {
        if (!process.isAlive()) {
            throw new AssertionError("the process has ended: " + this);
        }
    }

    /** The port that clients reach; waits until the process tells it. */
    public int port() {
        return Integer.parseInt(up().group(3));
    }

    /** The node's id; waits until the process tells it. */
    public String id() {
        return up().group(1);
    }

    private Matcher up() {
        Matcher[] found = {UP.matcher("")};
        awaitLine(line -> (found[0] = UP.matcher(line)).find(), "that it is up");
        return found[0];
    }

    /** Waits for a line on stdout, which is where the log is. */
    public synchronized String awaitLine(Predicate<String> fits, String what) {
        long deadline = deadline();
        while (true) {
            for (String line : out) {
                if (fits.test(line)) {
                    return line;
                }
            }
            if (openStreams == 0 || !waitUntil(deadline)) {
                throw new AssertionError("the process never said " + what + ": " + this);
            }
        }
    }

    /** Waits until the process ends by itself; its exit code, with all that it said there to read. */
    public synchronized int awaitExit() {
        long deadline = deadline();
        while (openStreams > 0) {
            if (!waitUntil(deadline)) {
                throw new AssertionError("the process did not end: " + this);
            }
        }
        try {
            int code = process.waitFor();
            ALIVE.remove(process);
            return code;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Ends the process as a service manager does, with SIGTERM; returns its exit code. */
    public int stop() {
        terminate();
        return awaitExit();
    }

    /** Sends SIGTERM and does not wait. */
    public void terminate() {
        // By its handle: the process's own method closes the streams, and with them the end of the log.
        if (!process.toHandle().destroy()) {
            throw new AssertionError("has ended before: " + this);
        }
    }

    /** Ends the process without a word, with SIGKILL. */
    public void kill() {
        if (!process.toHandle().destroyForcibly() || awaitExit() == 0) {
            throw new AssertionError("has ended before: " + this);
        }
    }

    /** Freezes the process, with SIGSTOP. */
    public void pause() {
        signal("STOP");
    }

    /** Lets the frozen process go on, with SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
            if (kill.waitFor() != 0) {
                throw new AssertionError("has ended before: " + this);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Lines on stdout so far. */
    public synchronized List<String> out() {
        return List.copyOf(out);
    }

    /** Lines on stderr so far. */
    public synchronized List<String> err() {
        return List.copyOf(err);
    }

    /** Lines that tell of trouble, from the one that holds a phrase on. */
    public List<String> complaintsSince(String phrase) {
        return Stream.concat(out().stream().dropWhile(line -> !line.contains(phrase)), err().stream())
                .filter(line -> line.contains(" WARN ") || line.contains(" ERROR ") || line.contains("Exception"))
                .toList();
    }

    @Override
    public void close() {
        ALIVE.remove(process.destroyForcibly());
    }

    @Override
    public synchronized String toString() {
        return "process " + process.pid() + (process.isAlive() ? "" : ", ended") + "\n  "
                + Stream.concat(out.stream(), err.stream()).collect(Collectors.joining("\n  "));
    }

    private static long deadline() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    }

    private boolean waitUntil(long deadline) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
            return false;
        }
        try {
            wait(left);
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
