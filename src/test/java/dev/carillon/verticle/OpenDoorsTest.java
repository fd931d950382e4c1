package dev.carillon.verticle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.config.Settings;
import dev.carillon.config.SettingsLoader;
import dev.carillon.config.SettingsSources;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenDoorsTest {
    @TempDir
    Path directory;

    @Test
    void aDevelopmentNodeOnLoopbackLeavesNothingOpen() {
        assertThat(open(true)).isEmpty();
        assertThat(open(false, "http.host=::1")).isEmpty();
        assertThat(open(false, "http.host=localhost")).isEmpty();
    }

    @Test
    void whatIsPublicIsSaidInALineEachWithItsCure() {
        assertThat(open(true, "http.host=0.0.0.0"))
                .hasSize(3)
                .anyMatch(line -> line.startsWith("development mode at http.host 0.0.0.0"))
                .anyMatch(line -> line.contains("no TLS: set tls.certificate"))
                .anyMatch(line -> line.startsWith("/metrics and /health"))
                .allMatch(line -> line.lines().count() == 1);
        assertThat(open(false)).hasSize(2);
    }

    @Test
    void portsOfNodesAreNamedWhereOthersReachThem() {
        assertThat(open(true, "cluster.host=10.0.0.1"))
                .singleElement()
                .asString()
                .contains("members' port", "WireGuard");
        assertThat(open(true, "bus.host=10.0.0.1")).singleElement().asString().contains("tls.bus-certificate");
        String pem = Path.of("pom.xml").toAbsolutePath().toString();
        assertThat(open(
                        true,
                        "bus.host=10.0.0.1",
                        "tls.bus-certificate=" + pem,
                        "tls.bus-key=" + pem,
                        "tls.bus-ca=" + pem))
                .isEmpty();
    }

    @Test
    void carelessSettingsAreNamed() {
        assertThat(open(true, "http.origins=*", "auth.token-in-query=true", "auth.keys=http://id.example.org/jwks"))
                .hasSize(3)
                .anyMatch(line -> line.startsWith("http.origins is *"))
                .anyMatch(line -> line.startsWith("auth.token-in-query"))
                .anyMatch(line -> line.contains("http://id.example.org/jwks"));
    }

    private List<String> open(boolean dev, String... assignments) {
        Map<String, String> keys = Map.of("CARILLON_AUTH_SECRET", "a-secret-that-is-long-enough-for-hs256");
        Settings settings = SettingsLoader.load(new SettingsSources(dev, null, keys, List.of(assignments), directory));
        return OpenDoors.of(settings);
    }
}
