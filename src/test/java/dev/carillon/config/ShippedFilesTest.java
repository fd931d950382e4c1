package dev.carillon.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies in {@code conf/} and {@code cluster/} is what the code reads. */
class ShippedFilesTest {
    private static final Map<String, String> KEYS =
            Map.of("CARILLON_AUTH_SECRET", "a-secret-that-is-long-enough-for-hs256");

    @TempDir
    Path directory;

    private Settings load(Path file) {
        return SettingsLoader.load(new SettingsSources(false, file, KEYS, List.of(), directory));
    }

    @Test
    void theCommentedFileChangesNothing() {
        Settings without = SettingsLoader.load(new SettingsSources(false, null, KEYS, List.of(), directory));

        assertThat(load(Path.of("conf/carillon.yaml"))).isEqualTo(without);
    }

    @Test
    void theCommentedFileNamesEverySettingWithItsDefault() throws Exception {
        String text = Files.readString(Path.of("conf/carillon.yaml"));
        String active = text.replaceAll("(?m)^( *)#([a-z])", "$1$2");
        Path file = Files.writeString(directory.resolve("all.yaml"), active);

        Settings settings = SettingsLoader.read(new SettingsSources(false, file, Map.of(), List.of(), directory));

        Map<String, NamespaceSettings> namespaces = new HashMap<>(settings.namespaces());
        assertThat(namespaces.remove("example")).isEqualTo(NamespaceSettings.DEFAULTS);
        assertThat(namespaces).isEqualTo(Settings.DEFAULTS.namespaces());
        assertThat(settings)
                .usingRecursiveComparison()
                .ignoringFields("namespaces")
                .isEqualTo(Settings.DEFAULTS);
        for (String path : KnownKeys.ALL) {
            String key = path.substring(path.lastIndexOf('.') + 1);
            assertThat(active).as(path).containsPattern("(?m)^ *" + key + ":");
        }
    }

    @Test
    void theFileOfThreeNodesIsWhole() {
        Settings settings = load(Path.of("conf/production.yaml"));

        assertThat(settings.dev()).isFalse();
        assertThat(settings.cluster().members()).hasSize(3);
        assertThat(settings.namespaces()).containsKeys("feed", "messages", "tick");
    }

    @Test
    void theFileForDevelopersTurnsDevelopmentModeOn() {
        Settings settings = load(Path.of("conf/development.yaml"));

        assertThat(settings.dev()).isTrue();
        assertThat(settings.namespaces()).containsKeys("lobby", "tick");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster/hazelcast-tcp-ip.yaml", "cluster/hazelcast-single-host.yaml"})
    void theHazelcastFilesJoinByAddressOnlyAndCallNobody(String file) throws Exception {
        Config config = Config.loadFromFile(Path.of(file).toFile());

        JoinConfig join = config.getNetworkConfig().getJoin();
        assertThat(join.getMulticastConfig().isEnabled()).isFalse();
        assertThat(join.isAutoDetectionEnabled()).isFalse();
        assertThat(join.getTcpIpConfig().isEnabled()).isTrue();
        assertThat(join.getTcpIpConfig().getMembers()).isNotEmpty();
        assertThat(config.getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
        assertThat(config.getProperty("hazelcast.socket.bind.any")).isEqualTo("false");
        assertThat(config.getMultiMapConfigs()).containsKey("__vertx.subs");
    }
}
