package dev.carillon.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.NodeScript;
import dev.carillon.testing.ProcessCluster;
import dev.carillon.testing.Stage;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Threads of a chat that lose nothing and double nothing, against three nodes whose tokens live for three seconds. */
class ChatThreadsBrowserIT {
    private static Stage stage;

    @BeforeAll
    static void start() {
        NodeScript.install();
        NodeScript.buildClient();
        stage = new Stage(
                "chat.mjs",
                ProcessCluster.start(
                        3,
                        "http.origins=*",
                        "auth.access-life=3s",
                        "auth.grace=10s",
                        "auth.leeway=0s",
                        "heartbeat.interval=200ms",
                        "heartbeat.timeout=10s",
                        "namespaces.messages={subscribe: any, publish: any, history-size: 300}"));
    }

    @AfterAll
    static void stop() {
        stage.close();
    }

    @Test
    void aPageWithARefreshCookieOutlivesItsTokensWithoutARefusalOrAReconnect() {
        assertThat(stage.play("tokens").getInteger("messages")).isGreaterThan(20);
    }

    @Test
    void aBurstIsReadOnceAndInOrderThoughItsWriterWentOfflineAndReloaded() {
        assertThat(stage.play("burst").getInteger("waiting")).isGreaterThanOrEqualTo(8);
    }

    @Test
    void aMessageWhoseNodeDiesBeforeItsAcknowledgementIsHeardExistsOnce() {
        assertThat(stage.play("killed").getString("killed")).isNotEmpty();
    }

    @Test
    void aHundredRendersNeedNoReconnectAndCallTheNewestHandler() {
        assertThat(stage.play("renders").getInteger("renders")).isEqualTo(100);
    }

    @Test
    void afterACloseItsCodeSaysWhetherThePageComesBack() {
        assertThat(stage.play("closes").getInteger("codes")).isGreaterThan(10);
    }

    @Test
    void aPageThatIsLeftOpenStaysConnectedFromHeartbeatToHeartbeat() {
        assertThat(stage.play("hours").getInteger("beats")).isGreaterThanOrEqualTo(100);
    }

    /** How fast they are is told and not judged: it depends on the machine. */
    @Test
    void messagesAreTimedToTheScreenOfAReaderOnAnotherNode() {
        JsonObject times = stage.play("latency");

        System.out.println("from the send to the screen: " + times.encode());
        assertThat(times.getInteger("messages")).isPositive();
    }
}
