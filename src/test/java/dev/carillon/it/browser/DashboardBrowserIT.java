package dev.carillon.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.FreePorts;
import dev.carillon.testing.NodeScript;
import dev.carillon.testing.ProcessCluster;
import dev.carillon.testing.Stage;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** A dashboard in React's strict mode, with one connection for all its pages, against one node. */
class DashboardBrowserIT {
    /** What a message that somebody keeps costs ten thousand times is several times as much. */
    private static final int NOISE_BYTES = 750_000;

    /** As the application wants it, to be connected again 3 to 5 seconds after a restart. */
    private static final int MAX_WAIT_MILLIS = 2000;

    private static Stage stage;

    @BeforeAll
    static void start() {
        NodeScript.install();
        NodeScript.buildClient();
        int port = FreePorts.pick(1).get(0);
        ProcessCluster cluster =
                ProcessCluster.start(1, "http.port=" + port, "http.public-url=http://127.0.0.1:" + port);
        stage = new Stage("dashboard.mjs", cluster)
                .on("restart", how -> assertThat(cluster.restart(0)).isNotNull());
    }

    @AfterAll
    static void stop() {
        stage.close();
    }

    @Test
    void twentyNavigationsNeedOneConnectionAndAnEventMakesAQueryStale() {
        assertThat(stage.play("navigations").getInteger("queries")).isPositive();
    }

    @Test
    void afterARestartOfTheNodeThePageIsBackWithItsNextAttemptWhichIsNeverFarAway(TestReporter reporter) {
        JsonObject outcome = stage.play("restart");

        reporter.publishEntry(
                "milliseconds from the node's readiness",
                outcome.getLong("tookMs").toString());
        assertThat(outcome.getJsonArray("waits"))
                .isNotEmpty()
                .allSatisfy(wait -> assertThat(((Number) wait).doubleValue()).isLessThanOrEqualTo(MAX_WAIT_MILLIS));
        assertThat(outcome.getJsonArray("states")).contains("reconnecting").endsWith("connected");
    }

    @Test
    void twoHundredNavigationsAndTenThousandMessagesLeaveTheHeapAsItWas() {
        assertThat(stage.play("memory").getLong("grownBytes")).isLessThan(NOISE_BYTES);
    }
}
