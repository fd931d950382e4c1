package dev.carillon.api;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.carillon.config.ApiSettings;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(60)
class OperatorRoutesTest {
    private static final String KEY = "desk:a-key-of-the-test";

    private final RecordingOperations operations = new RecordingOperations();
    private HttpNode node;

    @BeforeEach
    void start() {
        Vertx vertx = Vertx.vertx();
        ApiSettings settings = new ApiSettings(List.of(KEY), List.of(), 16 * 1024, true);
        InstantSource clock = InstantSource.fixed(RecordingGateway.THEN);
        node = new HttpNode(
                vertx,
                new ApiRoutes(new RecordingGateway(), operations, new ScopedTokens(vertx), settings, clock)::mount);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void nodesAreListedWithTheirHealthAndHowTheyStandNow() {
        JsonObject answer = post("nodes", "{}").bodyAsJsonObject();

        assertThat(answer.getString("node")).isEqualTo("n1");
        JsonArray nodes = answer.getJsonArray("nodes");
        assertThat(nodes.stream().map(one -> ((JsonObject) one).getString("health")))
                .containsExactly("ready", "silent", "unsafe", "minority", "draining");
        JsonObject first = nodes.getJsonObject(0);
        assertThat(first.getString("id")).isEqualTo("n1");
        assertThat(first.getInteger("connections")).isEqualTo(4);
        assertThat(first.getLong("uptime_ms")).isEqualTo(2000);
        assertThat(first.getJsonObject("now").getJsonObject("closes")).isEqualTo(new JsonObject().put("4004", 2));
        assertThat(first.getJsonObject("now").getJsonObject("publish_ms").getDouble("p99"))
                .isEqualTo(3);
        assertThat(nodes.getJsonObject(1).containsKey("now")).isFalse();
    }

    @Test
    void channelsAreListedInTheOrderAskedFor() {
        JsonArray channels = post("channels", "{\"prefix\":\"f\",\"limit\":7,\"sort\":\"rate\"}")
                .bodyAsJsonObject()
                .getJsonArray("channels");

        assertThat(channels.getJsonObject(0)).isEqualTo(new JsonObject("""
                        {"channel":"feed","epoch":"e1","offset":7,"kept":5,"members":2,"subscribers":3,
                        "publishes_per_second":1.5,"owner":"n1","nodes":["n1"],"parts":[
                        {"node":"n1","subscribers":3,"publishes_per_second":0.5},
                        {"node":"n2","subscribers":0,"publishes_per_second":1.0}]}"""));
        assertThat(channels.getJsonObject(1).containsKey("epoch")).isFalse();
        post("channels", "");
        post("channels", "{\"prefix\":\"\"}");
        assertThat(operations.calls).containsExactly("channels f RATE 7", "channels  NAME 100", "channels  NAME 100");
        assertThat(post("channels", "{\"sort\":\"size\"}").bodyAsString())
                .contains("sort must be one of name, rate, subscribers, members, kept");
        assertThat(post("channels", "{\"limit\":1001}").statusCode()).isEqualTo(400);
    }

    @Test
    void aUserIsShownWithEachSessionItsPresenceAndItsOwnChannel() {
        JsonObject user = post("user", "{\"user_id\":\"alice\"}").bodyAsJsonObject();

        assertThat(user.getString("user_id")).isEqualTo("alice");
        assertThat(user.getJsonArray("sessions")).hasSize(1);
        JsonObject live = user.getJsonArray("live").getJsonObject(0);
        assertThat(live.getLong("token_expires")).isEqualTo(RecordingGateway.THEN.toEpochMilli());
        assertThat(live.getString("device")).isEqualTo("phone");
        assertThat(user.getJsonArray("presence")).containsExactly("a:1");
        assertThat(user.getJsonObject("personal").getString("channel")).isEqualTo("user:alice");
        assertThat(post("user", "{}").statusCode()).isEqualTo(400);
    }

    @Test
    void aNodeIsAskedForItsPastAndToDrain() {
        JsonObject series = post("nodes/n1/series", "{\"samples\":3}").bodyAsJsonObject();
        JsonObject draining = post("nodes/n2/drain", "{\"force\":true}").bodyAsJsonObject();

        assertThat(series.getJsonArray("samples")).hasSize(1);
        assertThat(draining).isEqualTo(new JsonObject().put("node", "n2").put("connections", 12));
        assertThat(operations.calls).containsExactly("series n1 3", "drain n2 true");
        assertThat(post("nodes/n1/series", "{\"samples\":721}").statusCode()).isEqualTo(400);
    }

    @Test
    void everyActionIsWrittenDownWithWhoAndWhyAndWhatCameOfIt() {
        List<String> lines = audited(() -> {
            post("users/alice/disconnect", "{\"reason\":\"ticket 7\\nforged\"}");
            post("users/alice/revoke", "{}");
            post("unsubscribe", "{\"user_id\":\"alice\",\"channel\":\"feed\"}");
            post("nodes/n2/drain", "{}");
            post("publish", "{\"channel\":\"nowhere\",\"data\":\"private\",\"reason\":\"test\"}");
            node.post("/api/users/b/disconnect", Map.of("Authorization", "Bearer api"), "{\"code\":1}");
        });

        assertThat(lines)
                .containsExactly(
                        "action=disconnect on=user:alice by=key:desk from=127.0.0.1 outcome=ok"
                                + " reason=\"ticket 7\\nforged\"",
                        "action=revoke on=user:alice by=key:desk from=127.0.0.1 outcome=ok",
                        "action=unsubscribe on=\"user:alice,channel:feed\" by=key:desk from=127.0.0.1 outcome=ok",
                        "action=drain on=node:n2 by=key:desk from=127.0.0.1 outcome=ok",
                        "action=publish on=channel:nowhere by=key:desk from=127.0.0.1 outcome=refused:202 reason=test",
                        "action=disconnect on=user:b by=token:u from=127.0.0.1 outcome=refused:200");
    }

    @Test
    void whatServersPublishIsNotWrittenDownAndWhatPeoplePublishIs() {
        String body = "{\"channel\":\"feed\",\"data\":1}";

        assertThat(audited(() -> post("publish", body))).isEmpty();
        assertThat(audited(() -> node.post("/api/publish", Map.of("Authorization", "Bearer api"), body)))
                .containsExactly("action=publish on=channel:feed by=token:u from=127.0.0.1 outcome=ok");
    }

    private static List<String> audited(Runnable calls) {
        Logger log = (Logger) LoggerFactory.getLogger("carillon.audit");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        log.setLevel(Level.INFO);
        calls.run();
        log.setLevel(null);
        log.detachAppender(lines);
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private HttpResponse<Buffer> post(String path, String body) {
        return node.post("/api/" + path, Map.of("X-API-Key", KEY), body);
    }
}
