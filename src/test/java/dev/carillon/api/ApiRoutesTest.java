package dev.carillon.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.config.ApiSettings;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ApiRoutesTest {
    private static final String TENANT_KEY = "a-key-of-one-tenant";
    private static final String KEY = "a-key-of-the-test";
    private static final int MAX_BODY_BYTES = 16 * 1024;

    private final RecordingGateway gateway = new RecordingGateway();
    private final RecordingOperations operations = new RecordingOperations();
    private HttpNode node;

    @BeforeEach
    void start() {
        Vertx vertx = Vertx.vertx();
        ApiSettings settings =
                new ApiSettings(List.of("another-key-first", KEY), List.of("acme:" + TENANT_KEY), MAX_BODY_BYTES, true);
        InstantSource clock = InstantSource.fixed(RecordingGateway.THEN);
        node = new HttpNode(vertx, new ApiRoutes(gateway, operations, new ScopedTokens(vertx), settings, clock)::mount);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void aPublicationIsAnsweredWithItsPosition() {
        HttpResponse<Buffer> answer =
                post("publish", "{\"channel\":\"feed\",\"data\":{\"a\":1},\"user_id\":\"alice\",\"key\":\"k1\"}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.getHeader("Content-Type")).isEqualTo("application/json");
        assertThat(answer.bodyAsString())
                .isEqualTo("{\"channel\":\"feed\",\"epoch\":\"e1\",\"offset\":1,\"duplicate\":false}");
        assertThat(gateway.calls).containsExactly("publish feed alice k1");
    }

    @Test
    void anEphemeralPublicationIsAnsweredWithoutAPosition() {
        assertThat(post("publish", "{\"channel\":\"tick\",\"data\":1}").bodyAsString())
                .isEqualTo("{\"channel\":\"tick\",\"duplicate\":false}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0",
                "-0.0",
                "1e400",
                "123456789012345678901234567890",
                "0.1000000000000000055511151231257827",
                "null",
                "true",
                "\"\"",
                "\"\\u00e9 é 𝄞 \\\"]}\"",
                "[ 1 ,\n 2.50 ]",
                "{ \"b\" : 1, \"a\" : {\"b\":[{}]} , \"b\":2 }"
            })
    void dataPassesThroughByteForByte(String data) {
        for (String body : List.of(
                "{\"channel\":\"feed\",\"data\":" + data + "}",
                " {\"data\" : " + data + " , \"channel\":\"feed\"} ",
                "{\"é\":[],\"channel\":\"feed\",\"data\":" + data + "\n}")) {
            gateway.published.clear();
            assertThat(post("publish", body).statusCode()).isEqualTo(200);
            assertThat(new String(gateway.published.get(0).data().json(), StandardCharsets.UTF_8))
                    .isEqualTo(data);
            assertThat(post("history", "{\"channel\":\"feed\"}").bodyAsString())
                    .isEqualTo("{\"channel\":\"feed\",\"epoch\":\"e1\",\"offset\":1,\"messages\":[{\"epoch\":\"e1\","
                            + "\"offset\":1,\"data\":" + data + ",\"timestamp\":1769594400000}]}");
        }
    }

    @Test
    void aBroadcastAnswersForEachChannelAndUserOnce() {
        JsonArray results = post(
                        "broadcast",
                        "{\"channels\":[\"feed\",\"nowhere:1\",\"feed\",\"down\"],\"users\":[\"7\"],\"data\":1,\"key\":\"k\"}")
                .bodyAsJsonObject()
                .getJsonArray("results");

        assertThat(results)
                .containsExactly(
                        new JsonObject("{\"channel\":\"feed\",\"epoch\":\"e1\",\"offset\":1,\"duplicate\":false}"),
                        new JsonObject("{\"channel\":\"nowhere:1\",\"error\":"
                                + "{\"code\":202,\"message\":\"unknown namespace\",\"temporary\":false}}"),
                        new JsonObject("{\"channel\":\"down\",\"error\":"
                                + "{\"code\":101,\"message\":\"unavailable\",\"temporary\":true}}"),
                        new JsonObject("{\"channel\":\"user:7\",\"user_id\":\"7\",\"epoch\":\"e1\",\"offset\":2,"
                                + "\"duplicate\":false}"));
        assertThat(gateway.calls).contains("publish user:7 null k");
    }

    @Test
    void aBroadcastToMoreThanAThousandIsRefusedAsAWhole() {
        String thousand =
                IntStream.range(0, 1000).mapToObj(i -> "\"c:" + i + "\"").collect(Collectors.joining(","));

        assertThat(post("broadcast", "{\"channels\":[" + thousand + "],\"data\":1}")
                        .statusCode())
                .isEqualTo(200);
        gateway.calls.clear();
        assertRefused(post("broadcast", "{\"channels\":[\"c:x\"," + thousand + "],\"data\":1}"), 400, 200, "channels");
        assertRefused(
                post("broadcast", "{\"channels\":[" + thousand + "],\"users\":[\"x\"],\"data\":1}"),
                400,
                200,
                "channels");
        assertRefused(post("broadcast", "{\"channels\":[\"a b\",\"feed\"],\"data\":1}"), 400, 200, "channels");
        assertRefused(post("broadcast", "{\"data\":1}"), 400, 200, "channels");
        assertThat(gateway.calls).isEmpty();
    }

    @Test
    void aUserIsPublishedToOnThePersonalChannel() {
        assertThat(post("users/42/publish", "{\"data\":{},\"key\":\"k\"}").bodyAsString())
                .isEqualTo("{\"channel\":\"user:42\",\"user_id\":\"42\",\"epoch\":\"e1\",\"offset\":1,"
                        + "\"duplicate\":false}");
        assertThat(post("users/a%2Fb%3Ac/publish", "{\"data\":{}}").statusCode())
                .isEqualTo(200);
        assertThat(gateway.calls).containsExactly("publish user:42 null k", "publish user:a/b:c null null");
    }

    @Test
    void historyIsReadFromAPosition() {
        JsonObject page = post(
                        "history",
                        "{\"channel\":\"feed\",\"limit\":5,\"since\":{\"epoch\":\"e0\",\"offset\":3},\"reverse\":true}")
                .bodyAsJsonObject();

        assertThat(page.getBoolean("complete")).isFalse();
        assertThat(gateway.calls).containsExactly("history feed " + new StreamPosition("e0", 3) + " 5 true");
    }

    @Test
    void aBinaryPublicationIsShownAsBase64BesideItsMeta() {
        gateway.published.add(new Publication(
                new ChannelName("sim:1"),
                new StreamPosition("e1", 1),
                Payload.binary("{\"rate\":16000}".getBytes(StandardCharsets.UTF_8), new byte[] {1, 2, 3}),
                "alice",
                5));

        assertThat(post("history", "{\"channel\":\"sim:1\"}").bodyAsString())
                .contains("{\"epoch\":\"e1\",\"offset\":1,\"binary\":true,\"meta\":{\"rate\":16000},"
                        + "\"bytes\":\"AQID\",\"user_id\":\"alice\",\"timestamp\":5}");
    }

    @Test
    void presenceIsListedOrCounted() {
        assertThat(post("presence", "{\"channel\":\"lobby\"}").bodyAsString())
                .isEqualTo("{\"channel\":\"lobby\",\"version\":7,\"members\":[{\"user_id\":\"alice\","
                        + "\"session_id\":\"s1\",\"info\":{\"name\":\"Alice\"},\"since\":5,\"node\":\"n1\"},"
                        + "{\"user_id\":\"alice\",\"session_id\":\"s2\",\"info\":{},\"since\":6,\"node\":\"n2\"}],"
                        + "\"users\":1,\"sessions\":2}");
        String counts = "{\"channel\":\"lobby\",\"version\":7,\"users\":1,\"sessions\":2}";
        assertThat(post("presence/stats", "{\"channel\":\"lobby\"}").bodyAsString())
                .isEqualTo(counts);
        assertThat(post("presence", "{\"channel\":\"lobby\",\"stats\":true}").bodyAsString())
                .isEqualTo(counts);
    }

    @Test
    void aUserIsShownWithSessions() {
        assertThat(post("users/alice", "").bodyAsString())
                .isEqualTo("{\"user_id\":\"alice\",\"online\":true,\"last_seen\":9,\"info\":{\"name\":\"A\"},"
                        + "\"sessions\":[{\"session_id\":\"s1\",\"node\":\"n1\",\"device\":\"phone\","
                        + "\"transport\":\"websocket\",\"since\":5}]}");
    }

    @Test
    void aUserIsBlockedForEverOrUntilATimeAndUnblocked() {
        assertThat(post("users/eve/block", "{}").bodyAsString())
                .isEqualTo("{\"user_id\":\"eve\",\"blocked\":true,\"connections\":2}");
        assertThat(post("users/eve/block", "{\"until\":\"2999-01-01T00:00:00Z\"}")
                        .bodyAsString())
                .isEqualTo("{\"user_id\":\"eve\",\"blocked\":true,\"until\":32472144000000,\"connections\":2}");
        assertRefused(post("users/eve/block", "{\"until\":5}"), 400, 200, "until");
        assertThat(post("users/eve/unblock", "").bodyAsString()).isEqualTo("{\"user_id\":\"eve\",\"blocked\":false}");
        assertThat(gateway.calls).containsExactly("block eve null", "block eve 2999-01-01T00:00:00Z", "unblock eve");
        assertThat(post("users/mallory", "").bodyAsString()).contains("\"blocked\":true,\"until\":1769594400000");
    }

    @Test
    void everybodysTokensAreRevokedUpToATimeThatMustBeSaid() {
        assertThat(post("revoke", "{\"before\":7000}").bodyAsString()).isEqualTo("{\"before\":7000}");
        assertRefused(post("revoke", "{}"), 400, 200, "before");
        assertThat(gateway.calls).containsExactly("revokeAll  1970-01-01T00:00:07Z");
    }

    @Test
    void aTenantsChannelsAndUsersAreReachedByNameOrWithItsKey() {
        String tenants = "acme\u001f";
        post("users/ann/disconnect", "{\"tenant\":\"acme\"}");
        post("publish", "{\"tenant\":\"acme\",\"channel\":\"feed\",\"data\":1}");
        postAs(TENANT_KEY, "publish", "{\"channel\":\"feed\",\"data\":1}");
        postAs(TENANT_KEY, "users/ann/publish", "{\"data\":1}");
        postAs(TENANT_KEY, "users/ann/block", "{\"tenant\":\"acme\"}");
        postAs(TENANT_KEY, "users/ann/revoke", "{\"token_id\":\"t\",\"until\":5}");
        postAs(TENANT_KEY, "revoke", "{\"before\":7000}");
        postAs(TENANT_KEY, "channels", "{\"prefix\":\"f\"}");
        postAs(TENANT_KEY, "channel", "{\"channel\":\"feed\"}");
        postAs(TENANT_KEY, "user", "{\"user_id\":\"ann\"}");
        postAs(TENANT_KEY, "subscribe", "{\"user_id\":\"ann\",\"channel\":\"feed\"}");
        assertThat(gateway.calls)
                .containsExactly(
                        "disconnect " + tenants + "ann null UNAUTHORIZED",
                        "publish acme/feed null null",
                        "publish acme/feed null null",
                        "publish acme/user:ann null null",
                        "block " + tenants + "ann null",
                        "revokeToken " + tenants + "t 1970-01-01T00:00:00.005Z",
                        "revokeAll acme 1970-01-01T00:00:07Z",
                        "subscribe " + tenants + "ann acme/feed");
        assertThat(operations.calls)
                .containsExactly("channels " + tenants + "f NAME 100", "channel acme/feed", "user " + tenants + "ann");
    }

    @Test
    void aTenantsKeyReachesNobodyElse() {
        for (String path : List.of(
                "publish", "users/ann", "users/ann/block", "channels", "channel", "revoke", "history", "user")) {
            HttpResponse<Buffer> answer =
                    postAs(TENANT_KEY, path, "{\"tenant\":\"globex\",\"channel\":\"feed\",\"data\":1,\"before\":1}");
            assertThat(answer.statusCode()).as(path).isEqualTo(403);
        }
        for (String path : List.of("nodes", "nodes/n1/series", "nodes/n1/drain", "info")) {
            assertThat(postAs(TENANT_KEY, path, "").statusCode()).as(path).isEqualTo(403);
        }
        assertThat(post("publish", "{\"tenant\":\"a b\",\"channel\":\"feed\",\"data\":1}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(gateway.calls).isEmpty();
        assertThat(operations.calls).isEmpty();
    }

    @Test
    void aUserIsDisconnectedForGoodUnlessACodeSaysOtherwise() {
        assertThat(post("users/alice/disconnect", "{}").bodyAsString())
                .isEqualTo("{\"user_id\":\"alice\",\"connections\":2}");
        assertThat(post("users/alice/disconnect", "{\"session_id\":\"s1\",\"code\":4010}")
                        .statusCode())
                .isEqualTo(200);
        assertRefused(post("users/alice/disconnect", "{\"code\":4999}"), 400, 200, "code");
        assertThat(gateway.calls).containsExactly("disconnect alice null UNAUTHORIZED", "disconnect alice s1 DRAINING");
    }

    @Test
    void aUsersTokensAreRevokedAllAtOnceOrOneByOne() {
        assertThat(post("users/alice/revoke", "").bodyAsString())
                .isEqualTo("{\"user_id\":\"alice\",\"before\":1769594400000}");
        assertThat(post("users/alice/revoke", "{\"before\":1000}").statusCode()).isEqualTo(200);
        assertThat(post("users/alice/revoke", "{\"token_id\":\"t\",\"until\":\"2027-01-01T00:00:00Z\"}")
                        .bodyAsString())
                .isEqualTo("{\"user_id\":\"alice\",\"token_id\":\"t\",\"until\":1798761600000}");
        assertRefused(post("users/alice/revoke", "{\"token_id\":\"t\"}"), 400, 200, "until");
        assertRefused(post("users/alice/revoke", "{\"before\":\"soon\"}"), 400, 200, "before");
        assertThat(gateway.calls)
                .containsExactly(
                        "revokeUser alice 2026-01-28T10:00:00Z",
                        "revokeUser alice 1970-01-01T00:00:01Z",
                        "revokeToken t 2027-01-01T00:00:00Z");
    }

    @Test
    void aUserIsSubscribedAndUnsubscribed() {
        String body = "{\"user_id\":\"alice\",\"channel\":\"feed\"}";
        String answer = "{\"user_id\":\"alice\",\"channel\":\"feed\",\"connections\":3}";

        assertThat(post("subscribe", body).bodyAsString()).isEqualTo(answer);
        assertThat(post("unsubscribe", body).bodyAsString()).isEqualTo(answer);
        assertThat(gateway.calls).containsExactly("subscribe alice feed", "unsubscribe alice feed");
    }

    @Test
    void aNodeTellsOfItself() {
        assertThat(post("info", "").bodyAsString())
                .isEqualTo("{\"id\":\"n1\",\"version\":\"0.1.0\",\"http\":\"127.0.0.1:8080\",\"url\":\"\","
                        + "\"draining\":false,\"started_at\":1769594400000,"
                        + "\"connections\":4,\"subscriptions\":9,\"publishes_per_second\":1.5,\"deliveries_per_second\":2.5,"
                        + "\"cpu\":0.25,\"heap_used_bytes\":1024,\"reported_at\":1769594400000}");
    }

    @ParameterizedTest
    @CsvSource({
        "nowhere, 404, 202, unknown namespace, false",
        "down,    503, 101, unavailable,       true",
        "slow,    429, 103, rate limited,      true",
        "strict,  422, 207, data refused by the schema, false",
        "broken,  500, 100, internal error,    true"
    })
    void aFailureBecomesAStatusAndAFixedPhrase(
            String channel, int status, int code, String message, boolean temporary) {
        HttpResponse<Buffer> answer = post("publish", "{\"channel\":\"" + channel + "\",\"data\":1}");

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.bodyAsString())
                .isEqualTo("{\"error\":{\"code\":" + code + ",\"message\":\"" + message + "\",\"temporary\":"
                        + temporary + "}}");
        assertThat(answer.getHeader("Retry-After") != null).isEqualTo(status == 503 || status == 429);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"data\":1}                                    | channel",
                "{\"channel\":null,\"data\":1}                   | channel",
                "{\"channel\":7,\"data\":1}                      | channel",
                "{\"channel\":\"\",\"data\":1}                   | channel",
                "{\"channel\":\"a b\",\"data\":1}                | channel",
                "{\"channel\":\":x\",\"data\":1}                 | channel",
                "{\"channel\":\"\\ud800\",\"data\":1}            | channel",
                "{\"channel\":\"feed\"}                          | data",
                "{\"channel\":\"feed\",\"data\":1,\"key\":\"\"}  | key",
                "{\"channel\":\"feed\",\"data\":1,\"key\":[]}    | key",
                "{\"channel\":\"feed\",\"data\":1,\"data\":2}    | body",
                "{\"channel\":\"feed\",\"data\":1} {}            | body",
                "{\"channel\":\"feed\",\"data\":1                | body",
                "{\"channel\":\"feed\",\"data\":01}              | body",
                "{\"channel\":\"feed\",\"data\":NaN}             | body",
                "[]                                              | body",
                "feed                                            | body",
            })
    void aBadRequestNamesTheFieldAndQuotesNothing(String body, String field) {
        assertRefused(post("publish", body), 400, 200, field);
        assertThat(gateway.calls).isEmpty();
    }

    @Test
    void deepNestingOtherEncodingsAndInvalidUtf8AreRefused() {
        String deep = "[".repeat(5000) + "]".repeat(5000);
        assertRefused(post("publish", "{\"channel\":\"feed\",\"data\":" + deep + "}"), 400, 200, "body");
        for (byte[] body : List.of(
                "{\"channel\":\"feed\",\"data\":1}".getBytes(StandardCharsets.UTF_16BE),
                "{\"channel\":\"feed\",\"data\":1}".getBytes(StandardCharsets.UTF_16LE),
                "{\"channel\":\"feed\",\"data\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1),
                // A surrogate in three bytes, which Jackson would let pass.
                "{\"channel\":\"feed\",\"data\":\"\u00ed\u00a0\u0080\"}".getBytes(StandardCharsets.ISO_8859_1))) {
            assertRefused(
                    node.send(HttpMethod.POST, "/api/publish", Map.of("X-API-Key", KEY), Buffer.buffer(body)),
                    400,
                    200,
                    "body");
        }
        assertThat(gateway.calls).isEmpty();
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedWhetherItsLengthIsToldOrNot() {
        String body = "{\"channel\":\"feed\",\"data\":\"" + "x".repeat(MAX_BODY_BYTES) + "\"}";
        assertRefused(post("publish", body), 413, 209, "body");
        assertThat(node.postChunked("/api/publish", Map.of("X-API-Key", KEY), body))
                .startsWith("413 ")
                .contains("\"code\":209");
        assertThat(node.postChunked("/api/publish", Map.of("X-API-Key", KEY), "{\"channel\":\"feed\",\"data\":1}"))
                .startsWith("200 ");
        gateway.calls.remove(0);
        assertThat(gateway.calls).isEmpty();
    }

    @Test
    void aBodyIsReadAsJsonWhateverItIsCalled() {
        String body = "{\"channel\":\"feed\",\"data\":\"" + "x&y=%".repeat(2000) + "\"}";
        assertThat(node.post(
                                "/api/publish",
                                Map.of("X-API-Key", KEY, "Content-Type", "application/x-www-form-urlencoded"),
                                body)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void onlyKeysAndTokensWithTheScopeMayCall() {
        String body = "{\"channel\":\"feed\",\"data\":1}";
        HttpResponse<Buffer> nothing = node.post("/api/publish", Map.of(), body);
        assertThat(nothing.statusCode()).isEqualTo(401);
        assertThat(nothing.getHeader("WWW-Authenticate")).isEqualTo("Bearer realm=\"carillon\"");
        assertThat(node.post("/api/publish", Map.of("X-API-Key", KEY + "x"), body)
                        .statusCode())
                .isEqualTo(401);
        assertThat(node.post("/api/publish", Map.of("X-API-Key", "", "Authorization", "Bearer api"), body)
                        .statusCode())
                .isEqualTo(401);
        HttpResponse<Buffer> forged = node.post("/api/publish", Map.of("Authorization", "Bearer forged"), body);
        assertThat(forged.statusCode()).isEqualTo(401);
        assertThat(forged.getHeader("WWW-Authenticate")).contains("invalid_token");
        HttpResponse<Buffer> user = node.post("/api/publish", Map.of("Authorization", "Bearer user"), body);
        assertThat(user.statusCode()).isEqualTo(403);
        assertThat(user.getHeader("WWW-Authenticate")).contains("insufficient_scope");
        assertThat(node.post("/api/publish", Map.of("Authorization", "Bearer busy"), body)
                        .statusCode())
                .isEqualTo(503);
        assertThat(gateway.calls).isEmpty();

        assertThat(node.post("/api/publish", Map.of("Authorization", "bearer api"), body)
                        .statusCode())
                .isEqualTo(200);
        assertThat(node.post("/api/publish", Map.of("X-API-Key", "another-key-first"), body)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void anUnknownPathAndAWrongMethodAreTold() {
        assertRefused(post("nothing", "{}"), 404, 201, "no such path");
        HttpResponse<Buffer> got = node.send(HttpMethod.GET, "/api/publish", Map.of("X-API-Key", KEY), Buffer.buffer());
        assertRefused(got, 405, 200, "method");
        assertThat(got.getHeader("Allow")).isEqualTo("POST");
        assertThat(node.send(HttpMethod.DELETE, "/api/users/7", Map.of(), Buffer.buffer())
                        .statusCode())
                .isEqualTo(405);
    }

    @Test
    void aRefusedCallLeavesTheConnectionUsable() {
        for (int i = 0; i < 20; i++) {
            String body = "{\"channel\":\"feed\",\"data\":\"" + "x".repeat(10_000) + "\"}";
            assertThat(node.post("/api/publish", Map.of("Authorization", "Bearer forged"), body)
                            .statusCode())
                    .isEqualTo(401);
        }
        assertThat(post("info", "").statusCode()).isEqualTo(200);
    }

    private HttpResponse<Buffer> post(String path, String body) {
        return node.post("/api/" + path, Map.of("X-API-Key", KEY), body);
    }

    private HttpResponse<Buffer> postAs(String key, String path, String body) {
        return node.post("/api/" + path, Map.of("X-API-Key", key), body);
    }

    private static void assertRefused(HttpResponse<Buffer> answer, int status, int code, String names) {
        assertThat(answer.statusCode()).as(answer.bodyAsString()).isEqualTo(status);
        JsonObject error = answer.bodyAsJsonObject().getJsonObject("error");
        assertThat(error.getInteger("code")).isEqualTo(code);
        assertThat(error.getString("message")).contains(names);
        assertThat(error.getBoolean("temporary")).isFalse();
    }
}
