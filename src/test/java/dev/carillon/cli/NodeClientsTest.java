package dev.carillon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The commands that talk to a node, against a server that says what a node would say. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class NodeClientsTest {
    private static final String KEY = "0123456789abcdef";

    private final List<JsonObject> heard = new CopyOnWriteArrayList<>();
    private String url;

    @BeforeEach
    void serve(Vertx vertx) throws Exception {
        int port = vertx.createHttpServer(new HttpServerOptions().addWebSocketSubProtocol("carillon.v1.json"))
                .webSocketHandler(this::converse)
                .requestHandler(this::answer)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get()
                .actualPort();
        url = "http://127.0.0.1:" + port;
    }

    private void answer(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            heard.add(new JsonObject().put("path", request.path()).put("body", body.toString()));
            boolean known = KEY.equals(request.getHeader("X-API-Key"))
                    || "Bearer abc".equals(request.getHeader("Authorization"));
            if (!known) {
                request.response().setStatusCode(401).end("{\"error\":{\"code\":203,\"message\":\"who are you\"}}");
            } else if (body.toString().contains("\"channel\":\"split\"")) {
                request.response().setStatusCode(503).end("{\"error\":{\"code\":101,\"message\":\"no majority\"}}");
            } else if (request.path().equals("/api/publish")) {
                request.response().end("{\"channel\":\"feed\",\"epoch\":\"e\",\"offset\":1,\"duplicate\":false}");
            } else {
                request.response().end("""
                        {"node":"b","nodes":[
                        {"id":"a","http":"h:1","version":"1.0","uptime_ms":61999,"health":"draining","connections":3,"now":{
                        "connections":12,"subscriptions":3,"publishes_per_second":1.6,"deliveries_per_second":0,
                        "write_ms":{"p99":7.2},"backlog_bytes":2100,"cpu":0.256,"heap_used_bytes":10485760}},
                        {"id":"b","http":"h:2","health":"silent"}]}""");
            }
        });
    }

    private void converse(ServerWebSocket socket) {
        socket.textMessageHandler(text -> {
            JsonObject frame = new JsonObject(text);
            heard.add(frame);
            switch (frame.getString("type")) {
                case "auth" -> socket.writeTextMessage(welcome(frame.getString("token")));
                case "subscribe" -> subscribed(socket, frame);
                case "pong" -> socket.writeTextMessage("{\"type\":\"message\",\"channel\":\"feed\",\"data\":2}");
                default -> throw new AssertionError(text);
            }
        });
    }

    private static String welcome(String token) {
        return switch (token) {
            case "bad" -> "{\"type\":\"auth_error\",\"code\":4001,\"error\":\"Invalid token\"}";
            case "hasty" -> "{\"type\":\"auth_success\",\"ping_interval_ms\":300,\"pong_timeout_ms\":100}";
            default -> "{\"type\":\"auth_success\",\"ping_interval_ms\":30000,\"pong_timeout_ms\":10000}";
        };
    }

    private void subscribed(ServerWebSocket socket, JsonObject frame) {
        String channel = frame.getString("channel");
        if (channel.equals("closed")) {
            socket.close((short) 4010, "draining");
        } else if (channel.equals("silent")) {
            socket.writeTextMessage("{\"type\":\"subscribed\",\"channel\":\"silent\"}");
        } else if (channel.equals("secret")) {
            socket.writeTextMessage("{\"type\":\"error\",\"id\":" + frame.getValue("id")
                    + ",\"code\":203,\"error\":\"permission denied\"}");
        } else {
            socket.writeTextMessage("{\"type\":\"subscribed\",\"channel\":\"feed\"}");
            socket.writeTextMessage("{\"type\":\"join\",\"channel\":\"feed\"}");
            socket.writeTextMessage("{\"type\":\"message\",\"channel\":\"feed\",\"data\":{\n\"n\":1.0}}");
            socket.writeTextMessage("{\"type\":\"ping\"}");
        }
    }

    @Test
    void publishSendsTheDataAsItWasGiven() {
        Run run = Run.of(
                "publish",
                "feed",
                "{\"n\":1.00, \"big\":12345678901234567890}",
                "--url",
                url,
                "--key",
                KEY,
                "--idempotency-key",
                "k1",
                "--json");

        assertThat(run)
                .isEqualTo(new Run(0, "{\"channel\":\"feed\",\"epoch\":\"e\",\"offset\":1,\"duplicate\":false}\n", ""));
        assertThat(heard.get(0).getString("path")).isEqualTo("/api/publish");
        assertThat(heard.get(0).getString("body"))
                .isEqualTo("{\"channel\":\"feed\",\"data\":{\"n\":1.00, \"big\":12345678901234567890},\"key\":\"k1\"}");
    }

    @Test
    void publishTellsPeopleWhereItStands() {
        assertThat(Run.of("publish", "feed", "1", "--url", url, "--key", KEY, "--reason", "a test"))
                .isEqualTo(new Run(0, "published on feed at offset 1\n", ""));
        assertThat(heard.get(0).getString("body")).isEqualTo("{\"reason\":\"a test\",\"channel\":\"feed\",\"data\":1}");
    }

    @Test
    void publishRefusesWhatIsNoJson() {
        for (String bad : List.of("Hello", "{", "1 2", "")) {
            Run run = Run.of("publish", "feed", bad, "--url", url, "--key", KEY);

            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("must be one JSON value").hasLineCount(1);
        }
        assertThat(heard).isEmpty();
    }

    @Test
    void theKeyMayComeFromTheSettings() {
        assertThat(Run.of("nodes", "--url", url, "--set", "api.keys=" + KEY).exitCode())
                .isZero();
    }

    @Test
    void aTokenOpensTheApiToo() {
        assertThat(Run.of("nodes", "--url", url, "--token", "abc").exitCode()).isZero();
    }

    @Test
    void withoutAKeyNothingIsSent() {
        Run run = Run.of("nodes", "--url", url);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("carillon: api.keys holds no key").hasLineCount(1);
        assertThat(heard).isEmpty();
    }

    @Test
    void aRefusedKeyNamesItsCureWithoutTheKey() {
        Run run = Run.of("nodes", "--url", url, "--key", "not-the-right-key");

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err())
                .contains("answered 401 203 who are you")
                .contains("--key")
                .hasLineCount(1);
        assertThat(run.err()).doesNotContain("not-the-right-key");
    }

    @Test
    void whatCannotBeDoneNowMayBeTriedAgain() {
        Run run = Run.of("publish", "split", "1", "--url", url, "--key", KEY);

        assertThat(run.exitCode()).isEqualTo(5);
        assertThat(run.err())
                .contains("answered 503 101 no majority: try again")
                .hasLineCount(1);
    }

    @Test
    void nodesAreATableForPeople() {
        Run run = Run.of("nodes", "--url", url, "--key", KEY);

        assertThat(run.out().lines()).hasSize(3);
        assertThat(run.out().lines().toList().get(1).split(" {2,}"))
                .containsExactly(
                        "a", "draining", "h:1", "1.0", "1m1s", "12", "3", "2", "0", "7", "2 KiB", "0.26", "10 MiB");
        assertThat(run.out().lines().toList().get(2)).matches("b \\* +silent +h:2 .*");
    }

    @Test
    void nodesAreTheAnswerItselfForScripts() {
        Run run = Run.of("nodes", "--json", "--url", url, "--key", KEY);

        assertThat(new JsonObject(run.out()).getJsonArray("nodes")).hasSize(2);
    }

    @Test
    void aNodeThatIsNotThereNamesItsCure() throws Exception {
        // Bound, so that nobody else gets the port, and not listening.
        try (Socket held = new Socket()) {
            held.bind(new InetSocketAddress("127.0.0.1", 0));
            String nobody = "http://127.0.0.1:" + held.getLocalPort();

            assertThat(Run.of("nodes", "--url", nobody, "--key", KEY))
                    .isEqualTo(new Run(
                            3,
                            "",
                            "carillon: " + nobody
                                    + " cannot be reached: start a node there, or name another with --url\n"));
            assertThat(Run.of("subscribe", "feed", "--url", nobody, "--token", "t")
                            .err())
                    .contains("cannot be reached")
                    .hasLineCount(1);
        }
    }

    @Test
    void subscribePrintsEachMessageAsOneLineAndAnswersPings() {
        Run run = Run.of("subscribe", "feed", "--url", url, "--token", "good", "--count", "2");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo("""
                {"type":"message","channel":"feed","data":{ "n":1.0}}
                {"type":"message","channel":"feed","data":2}
                """);
        assertThat(run.err()).isEqualTo("subscribed to feed\n");
    }

    @Test
    void subscribeSignsATokenForAUser() {
        Run run = Run.of(
                "subscribe",
                "feed",
                "--url",
                url,
                "--user",
                "7",
                "--count",
                "1",
                "--set",
                "auth.secret=a-secret-that-is-long-enough-for-hs256");

        assertThat(run.exitCode()).isZero();
        assertThat(heard.get(0).getString("token").split("\\.")).hasSize(3);
    }

    @Test
    void subscribeTellsWhyItCannot() {
        assertThat(Run.of("subscribe", "feed", "--url", url, "--token", "bad"))
                .matches(run -> run.exitCode() == 4 && run.err().contains("the token is not believed (Invalid token)"));
        assertThat(Run.of("subscribe", "feed", "secret", "--url", url, "--token", "good", "--count", "9")
                        .err())
                .contains("carillon: secret was refused: 203 permission denied");
        assertThat(Run.of("subscribe", "closed", "--url", url, "--token", "good"))
                .matches(run -> run.exitCode() == 1 && run.err().contains("closed the connection: 4010 draining"));
        assertThat(Run.of("subscribe", "silent", "--url", url, "--token", "hasty")
                        .err())
                .contains("has been silent for 400 ms");
        assertThat(Run.of("subscribe", "feed", "--url", url))
                .matches(run -> run.exitCode() == 2 && run.err().contains("--token is missing"));
    }
}
