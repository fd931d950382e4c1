package dev.carillon.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.TestNode;
import dev.carillon.testing.WsClient;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A collector over HTTP, and what a node tells it. */
@Timeout(60)
class TelemetryIT {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";
    private static final String UNSAMPLED = "ffeeddccbbaa99887766554433221100";

    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

    @Test
    void aPublishOfASampledTraceIsASpanBelowItsSendersWhenTheNodeEndsAtTheLatest() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            HttpServer collector = vertx.createHttpServer()
                    .requestHandler(request -> request.body().onSuccess(body -> {
                        requests.add(request.path() + " " + body.toString(ISO_8859_1));
                        request.response().end();
                    }))
                    .listen(0, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
            TestNode node = TestNode.start(
                    "namespaces.feed={subscribe: any, publish: any}",
                    "telemetry.traces=http://127.0.0.1:" + collector.actualPort() + "/v1/traces",
                    "telemetry.service=bells");
            WsClient writer = WsClient.login(node, "writer");
            publish(writer, 2, "00-" + TRACE + "-" + PARENT + "-01");
            publish(writer, 3, "00-" + UNSAMPLED + "-" + PARENT + "-00");
            writer.close();
            node.stop();

            String told = requests.poll(30, TimeUnit.SECONDS);
            assertThat(told)
                    .startsWith("/v1/traces ")
                    .contains(bytes(TRACE), bytes(PARENT), "publish feed", "feed:traced", "bells")
                    .doesNotContain(bytes(UNSAMPLED));
            assertThat(requests).isEmpty();
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
    }

    private static void publish(WsClient writer, int id, String traceparent) {
        writer.send(new JsonObject()
                .put("type", "publish")
                .put("id", id)
                .put("channel", "feed:traced")
                .put("data", 1)
                .put("traceparent", traceparent));
        assertThat(writer.reply(id).getString("type")).isEqualTo("ack");
    }

    /** As they stand in a request. */
    private static String bytes(String hex) {
        return new String(HexFormat.of().parseHex(hex), ISO_8859_1);
    }
}
