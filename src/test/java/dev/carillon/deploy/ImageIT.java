package dev.carillon.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.carillon.testing.FreePorts;
import dev.carillon.testing.Until;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code cluster/Dockerfile} says, without Docker: its Java is made by its own command, its entry point starts a
 * node on it, its health check says how that stands, and SIGTERM ends it in order.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ImageIT {
    private static final String HOME = "/opt/carillon";
    private static final Path JAR = Path.of("target/carillon.jar");

    private final String dockerfile = read(Path.of("cluster/Dockerfile")).replaceAll("\\\\\n *", "");

    @TempDir
    Path directory;

    @Test
    void aNodeStartsOnTheJavaOfTheImageAndItsHealthCheckSaysSo() throws Exception {
        Path home = directory.resolve("home");
        Files.createDirectories(home);
        for (String step : steps()) {
            assertThat(run(shell(here(step, home)))).as(step).isZero();
        }
        Files.copy(JAR, home.resolve("carillon.jar"), StandardCopyOption.REPLACE_EXISTING);
        Files.createDirectories(home.resolve("conf"));
        Files.copy(Path.of("conf/logback-production.xml"), home.resolve("conf/logback-production.xml"));
        int port = FreePorts.pick(1).get(0);

        List<String> command = new ArrayList<>(json("ENTRYPOINT", home));
        command.addAll(json("CMD(?= \\[\"node)", home));
        ProcessBuilder starting = new ProcessBuilder(command).directory(home.toFile());
        starting.environment()
                .putAll(Map.of(
                        "CARILLON_AUTH_SECRET", "a-secret-that-is-long-enough-for-hs256",
                        "CARILLON_HTTP_HOST", "127.0.0.1",
                        "CARILLON_HTTP_PORT", String.valueOf(port),
                        "CARILLON_CLUSTER_PORT", "0",
                        "CARILLON_CLUSTER_NAME", "image-" + port));
        starting.environment().remove("JAVA_HOME");
        Process node = starting.redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        try {
            List<String> check = json("HEALTHCHECK .* CMD", home).stream()
                    .map(word -> word.replace("127.0.0.1/8080", "127.0.0.1/" + port))
                    .toList();
            Until.holds(() -> run(check) == 0 || !node.isAlive(), () -> read(directory.resolve("log")));
            assertThat(node.isAlive()).as(read(directory.resolve("log"))).isTrue();
            node.destroy();
            assertThat(node.waitFor()).as(read(directory.resolve("log"))).isZero();
            assertThat(run(check)).isNotZero();
            assertThat(read(directory.resolve("log")).lines())
                    .filteredOn(line -> line.startsWith("{"))
                    .allSatisfy(
                            line -> assertThat(new ObjectMapper().readTree(line).get("level"))
                                    .isNotNull());
        } finally {
            node.destroyForcibly();
        }
    }

    @Test
    void whatTheFileCopiesIsNotLeftOut() {
        String let = read(Path.of("cluster/Dockerfile.dockerignore"));
        Matcher copies = Pattern.compile("(?m)^COPY (?!--from)(\\S+) ").matcher(dockerfile);
        int found = 0;
        while (copies.find()) {
            assertThat(Path.of(copies.group(1))).exists();
            assertThat(let).contains("\n!" + copies.group(1).replaceFirst("/.*", ""));
            found++;
        }
        assertThat(found).isEqualTo(4);
        assertThat(dockerfile).contains("\nUSER 10001:10001\n");
    }

    /** The commands that make the Java and its flags. */
    private List<String> steps() {
        List<String> steps = new ArrayList<>();
        Matcher commands = Pattern.compile("scripts/jre [^&\n]+").matcher(dockerfile);
        while (commands.find()) {
            steps.add(commands.group().strip());
        }
        assertThat(steps).hasSize(2);
        return steps;
    }

    private List<String> json(String instruction, Path home) throws IOException {
        Matcher matcher =
                Pattern.compile("(?m)^ *" + instruction + " (\\[.*])$").matcher(dockerfile);
        assertThat(matcher.find()).as(instruction).isTrue();
        List<String> words = new ArrayList<>();
        for (JsonNode word : new ObjectMapper().readTree(matcher.group(1))) {
            words.add(here(word.asText(), home));
        }
        return words;
    }

    private static String here(String text, Path home) {
        return text.replace(HOME, home.toString());
    }

    private static List<String> shell(String command) {
        return List.of("bash", "-c", command);
    }

    private static int run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            assertThat(said).doesNotContain("No such file");
            return code;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
