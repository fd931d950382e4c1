package dev.carillon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What becomes of settings that are read again. */
class ReloadTest {
    private static final Settings BEFORE =
            settings("namespaces.feed.history-size=10", "namespaces.plain.publish=[any]");

    @Test
    void theSameSettingsChangeNothing() {
        Reload reload =
                Reload.of(BEFORE, settings("namespaces.feed.history-size=10", "namespaces.plain.publish=[any]"));

        assertThat(reload).isEqualTo(new Reload(BEFORE, List.of(), List.of()));
    }

    @Test
    void namespacesAndLimitsAreTakenOverAndToldByTheirPath() {
        Reload reload = Reload.of(
                BEFORE,
                settings(
                        "namespaces.feed.history-size=20",
                        "namespaces.plain.publish=[]",
                        "namespaces.new.publish=[any]",
                        "limits.messages-per-second=7"));

        assertThat(reload.left()).isEmpty();
        assertThat(reload.taken())
                .containsExactlyInAnyOrder(
                        "namespaces.new: new",
                        "namespaces.feed.history-size: 10 becomes 20",
                        "namespaces.plain.publish: [\"any\"] becomes []",
                        "limits.messages-per-second: 100 becomes 7");
        assertThat(reload.settings().namespaces().get("feed").historySize()).isEqualTo(20);
        assertThat(reload.settings().namespaces()).containsKey("new");
        assertThat(reload.settings().limits().messagesPerSecond()).isEqualTo(7);
    }

    @Test
    void whatNeedsARestartStaysAsItWasAndIsNamed() {
        Reload reload = Reload.of(
                BEFORE,
                settings(
                        "http.port=9999",
                        "limits.max-queued-bytes=65536",
                        "namespaces.feed.ephemeral=true",
                        "namespaces.feed.history-size=10"));

        assertThat(reload.taken()).isEmpty();
        assertThat(reload.left())
                .containsExactlyInAnyOrder(
                        "http.port: 8080 becomes 9999",
                        "limits.max-queued-bytes: 1048576 becomes 65536",
                        "namespaces.feed.ephemeral: false becomes true",
                        "namespaces.plain: gone");
        assertThat(reload.settings()).isEqualTo(BEFORE);
    }

    @Test
    void aSecretIsNamedAndNotShown() {
        Reload reload = Reload.of(
                BEFORE,
                settings(
                        "auth.secret=another-secret-that-is-long-enough-too",
                        "namespaces.feed.history-size=10",
                        "namespaces.plain.publish=[any]"));

        assertThat(reload.left()).containsExactly("auth.secret: \"********\" becomes \"********\"");
    }

    private static Settings settings(String... assignments) {
        return SettingsLoader.load(new SettingsSources(
                false,
                null,
                Map.of("CARILLON_AUTH_SECRET", "a-secret-that-is-long-enough-for-hs256"),
                List.of(assignments),
                Path.of("target")));
    }
}
