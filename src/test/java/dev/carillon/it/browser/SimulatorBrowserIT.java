package dev.carillon.it.browser;

import static dev.carillon.testing.ClusterMember.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.bus.Carillon;
import dev.carillon.bus.ClientRequest;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.testing.ApplicationMember;
import dev.carillon.testing.NodeScript;
import dev.carillon.testing.ProcessCluster;
import dev.carillon.testing.Stage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A training simulator with four named connections, and a verticle that listens to what is recorded. */
class SimulatorBrowserIT {
    private static final int WAV_HEADER_BYTES = 44;
    private static final int WAV_RATE_AT = 24;

    private static Stage stage;
    private static Vertx application;
    private static Carillon carillon;

    @BeforeAll
    static void start() {
        NodeScript.install();
        NodeScript.buildClient();
        ProcessCluster cluster = ProcessCluster.start(
                1,
                "http.origins=*",
                "bus.requests=simulator.*",
                "namespaces.lobby={subscribe: any, publish: any, history-size: 300, publishes-per-second: 20}");
        JsonObject tokens = new JsonObject();
        List.of("acme", "globex")
                .forEach(tenant -> tokens.put(tenant, cluster.token("tess", new JsonObject().put("tenant", tenant))));
        stage = new Stage("simulator.mjs", cluster).give("tokens", tokens);
        application = ApplicationMember.join(cluster.name(), cluster.members(), true);
        carillon = Carillon.connect(application);
        assertThat(await(carillon.onRequest("simulator.listen", SimulatorBrowserIT::listen)))
                .isNotNull();
    }

    @AfterAll
    static void stop() {
        if (application != null) {
            await(application.close());
        }
        stage.close();
    }

    /** Reads what was announced, and the recording after it. */
    private static Future<JsonObject> listen(ClientRequest request) {
        JsonObject where = (JsonObject) Objects.requireNonNull(request.data());
        String channel = where.getString("channel");
        StreamPosition before = new StreamPosition(where.getString("epoch"), where.getLong("offset") - 2);
        return carillon.history(channel, before, 2, false).compose(page -> {
            JsonObject answer = heard(page.publications());
            return carillon.publish(channel, answer).map(answer);
        });
    }

    private static JsonObject heard(List<Publication> publications) {
        JsonObject announced =
                new JsonObject(Buffer.buffer(publications.get(0).data().json()));
        ByteBuffer wav = ByteBuffer.wrap(publications.get(1).data().bytes()).order(ByteOrder.LITTLE_ENDIAN);
        int samples = (wav.limit() - WAV_HEADER_BYTES) / Short.BYTES;
        int peak = 0;
        for (int i = 0; i < samples; i++) {
            peak = Math.max(peak, Math.abs(wav.getShort(WAV_HEADER_BYTES + i * Short.BYTES)));
        }
        return new JsonObject()
                .put("type", "ai_response")
                .put("seconds", (double) samples / wav.getInt(WAV_RATE_AT))
                .put("peak", peak)
                .put("announced", announced.getInteger("bytes"));
    }

    @Test
    void threeComponentsShareAConnectionOfEachTypeAndEachEventIsToldOnce() {
        assertThat(stage.play("connections").getInteger("debugged")).isPositive();
    }

    @Test
    void aHundredMessagesWaitForTheLoginAndAreDroppedIfItFails() {
        assertThat(stage.play("queue").getJsonArray("events")).contains("authenticationError 4001");
    }

    @Test
    void breaksFailedAttemptsTheirEndAndALateTokenAreToldInOrder() {
        assertThat(stage.play("events").getJsonArray("events"))
                .contains("connectionError 1006", "maxReconnectAttemptsReached", "authenticationTimeout 4002");
    }

    @ParameterizedTest
    @ValueSource(strings = {"audio", "packed"})
    void aRecordingIsHeardByAVerticleWhichAnswersWithAnEvent(String wireForm) {
        assertThat(stage.play(wireForm).getJsonObject("answer").getInteger("peak"))
                .isPositive();
    }

    @Test
    void whoIsTooLoudIsPutOffAndLosesNothing() {
        assertThat(stage.play("loud").getInteger("refused")).isPositive();
    }

    @Test
    void twoTenantsHaveChannelsOfTheSameNameEachItsOwn() {
        assertThat(stage.play("tenants").getInteger("tenants")).isEqualTo(2);
    }
}
