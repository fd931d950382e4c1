package dev.carillon.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.carillon.config.Settings;
import dev.carillon.config.SettingsLoader;
import dev.carillon.config.SettingsSources;
import dev.carillon.verticle.Node;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemdUnitTest {
    private static final Path UNIT = Path.of("cluster/carillon.service");

    @TempDir
    Path directory;

    @Test
    void systemdTakesTheUnit() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "no systemd-analyze");
        // It looks whether the program is there; any will do.
        Path unit = Files.writeString(
                directory.resolve("carillon.service"), Files.readString(UNIT).replace("/usr/bin/java", "/bin/true"));
        Process verify = new ProcessBuilder("systemd-analyze", "verify", unit.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = verify.waitFor();
        assertThat(said.lines().filter(line -> line.contains("carillon.service")))
                .as(said)
                .isEmpty();
        assertThat(code).as(said).isZero();
    }

    @Test
    void aNodeHasTimeToSendItsClientsAway() throws Exception {
        Settings settings = SettingsLoader.load(new SettingsSources(
                false,
                Path.of("conf/production.yaml"),
                Map.of("CARILLON_AUTH_SECRET", "a-secret-that-is-long-enough-for-hs256"),
                List.of(),
                directory));
        Matcher stop = Pattern.compile("(?m)^TimeoutStopSec=(\\d+)$").matcher(Files.readString(UNIT));
        assertThat(stop.find()).isTrue();
        assertThat(Long.parseLong(stop.group(1)))
                .isGreaterThanOrEqualTo(
                        settings.drain().timeout().plus(Node.STOP_LIMIT).toSeconds());
    }
}
