package dev.carillon.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.NodeScript;
import dev.carillon.testing.ProcessCluster;
import dev.carillon.testing.Stage;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One session that takes care of itself in a browser that hides, freezes, sleeps and goes offline. */
class NetworkBrowserIT {
    private static Stage stage;

    @BeforeAll
    static void start() {
        NodeScript.install();
        NodeScript.buildClient();
        stage = new Stage(
                "network.mjs",
                ProcessCluster.start(
                        2,
                        "http.origins=*",
                        "http.compression=true",
                        "heartbeat.interval=1s",
                        "heartbeat.timeout=3s",
                        "limits.connections-per-user=5",
                        "namespaces.notifications={subscribe: any, history-size: 5}"));
    }

    @AfterAll
    static void stop() {
        stage.close();
    }

    /** Hidden for long; frozen; kept for "back"; asleep, all processes of the browser. */
    @ParameterizedTest
    @ValueSource(strings = {"hidden", "frozen", "back", "sleep"})
    void aPageThatWasAwayRecoversWhatItMissed(String how) {
        assertThat(stage.play(how).getInteger("attempts")).isEqualTo(2);
    }

    @Test
    void aPageMakesNoAttemptWhileItIsOfflineAndOneWhenItIsBack() {
        assertThat(stage.play("offline").getInteger("attempts")).isEqualTo(2);
    }

    @Test
    void theTokenIsInNoUrlAndInNoLineOfALog() {
        String token = stage.play("secret").getString("token");

        assertThat(stage.cluster().nodes().stream()
                        .flatMap(node -> Stream.concat(node.out().stream(), node.err().stream())))
                .isNotEmpty()
                .noneMatch(line -> line.contains(token));
    }

    @Test
    void theSixthTabOfAUserIsToldThatThereAreTooMany() {
        assertThat(stage.play("five").getJsonArray("codes").getInteger(5)).isEqualTo(4429);
    }

    @Test
    void whatIsLargeIsSmallOnItsWay() {
        assertThat(stage.play("large").getInteger("bytes")).isGreaterThan(30_000);
    }

    @Test
    void qualityAndReportsTellOfADropAndOfWhatIsMissing() {
        assertThat(stage.play("quality").getJsonObject("quality").getInteger("missed"))
                .isEqualTo(9);
    }

    @Test
    void whoSaysNothingIsClosedAfterFiveSecondsAndUnknownPathsAreNeverOpened() {
        JsonObject outcome = stage.play("strangers");

        assertThat(outcome.getDouble("silentForMs")).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toMillis(5) - 100);
    }
}
