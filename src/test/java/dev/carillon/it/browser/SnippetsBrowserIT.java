package dev.carillon.it.browser;

import static dev.carillon.testing.ClusterMember.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.bus.Carillon;
import dev.carillon.bus.ClientRequest;
import dev.carillon.testing.ApplicationMember;
import dev.carillon.testing.NodeScript;
import dev.carillon.testing.ProcessCluster;
import dev.carillon.testing.Stage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every snippet of the guide to the client, and of the READMEs, does what the text around it says, on two nodes. */
class SnippetsBrowserIT {
    private static Stage stage;
    private static Vertx application;

    @BeforeAll
    static void start() {
        NodeScript.install();
        NodeScript.buildClient();
        ProcessCluster cluster = ProcessCluster.start(
                2,
                "http.origins=*",
                "bus.requests=demo.*,orders.*",
                "namespaces.orders={subscribe: any, publish: any, history-size: 100}",
                "namespaces.messages={subscribe: any, publish: any, history-size: 300}");
        stage = new Stage("snippets.mjs", cluster);
        application = ApplicationMember.join(cluster.name(), cluster.members(), true);
        Carillon carillon = Carillon.connect(application);
        assertThat(await(carillon.onRequest("demo.sum", SnippetsBrowserIT::sum)))
                .isNotNull();
        assertThat(await(carillon.onRequest("orders.place", SnippetsBrowserIT::place)))
                .isNotNull();
    }

    @AfterAll
    static void stop() {
        if (application != null) {
            await(application.close());
        }
        stage.close();
    }

    private static Future<Integer> sum(ClientRequest request) {
        JsonArray numbers = (JsonArray) Objects.requireNonNull(request.data());
        return Future.succeededFuture(
                numbers.stream().mapToInt(number -> (Integer) number).sum());
    }

    private static Future<JsonObject> place(ClientRequest request) {
        JsonObject order = (JsonObject) Objects.requireNonNull(request.data());
        return Future.succeededFuture(new JsonObject().put("placed", order.getInteger("item")));
    }

    @Test
    void eachOfTheGuide() {
        assertThat(stage.play("guide").getInteger("snippets")).isGreaterThan(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"readme", "package"})
    void eachOfTheReadmes(String document) {
        assertThat(stage.play(document).getInteger("snippets")).isPositive();
    }
}
