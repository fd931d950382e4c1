package dev.carillon.it.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.carillon.testing.RawSocket;
import dev.carillon.testing.TestNode;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths, origins, the API without leave, and the bridge's addresses. */
class HostileHttpIT extends Victim {
    // --- paths

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../../../../etc/passwd",
                "/../pom.xml",
                "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
                "/..%2f..%2f..%2fetc%2fpasswd",
                "/%2e%2e%2fpom.xml",
                "/..;/..;/etc/passwd",
                "/..%5c..%5cpom.xml",
                "/%252e%252e/pom.xml",
                "//etc/passwd",
                "///../pom.xml",
                "/./../pom.xml",
                "/.carillon/dev-keys.yaml",
                "/dev/../../pom.xml",
                "/META-INF/MANIFEST.MF",
                "/META-INF/maven/",
                "/logback.xml",
                "/dev/carillon/Main.class",
                "/index.html%00.txt",
                "/%00",
                "/api/../../pom.xml",
                "/ws/../../pom.xml",
                "/eventbus/../../pom.xml",
                "/file:///etc/passwd",
                "http://127.0.0.1/../pom.xml"
            })
    void noPathLeadsOutOfTheWebroot(String path) throws IOException {
        String answer = answer(ascii("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        assertThat(answer)
                .doesNotContain("root:")
                .doesNotContain("<project")
                .doesNotContain("Manifest-Version")
                .doesNotContain("<configuration")
                .doesNotContain("secret:")
                .doesNotContain("Exception");
    }

    // --- origins

    @ParameterizedTest(name = "{0} at {1}")
    @MethodSource("origins")
    void aForeignPageOpensNothing(String origin, String request) throws IOException {
        String answer = answer(
                ascii(request + " HTTP/1.1\r\nHost: localhost\r\nOrigin: " + origin + "\r\nConnection: Upgrade\r\n"
                        + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        assertThat(answer).startsWith("HTTP/1.1 403 ").doesNotContainIgnoringCase("access-control-allow-origin");
    }

    static Stream<Arguments> origins() {
        return Stream.of(
                        "https://evil.example",
                        "null",
                        "http://localhost.evil.example",
                        "http://evil.example/localhost",
                        "http://localhost@evil.example",
                        "http://localhost:99999",
                        "file://")
                .flatMap(origin -> Stream.of("GET /ws", "GET /ws/lobby/1", "GET /eventbus/websocket")
                        .map(request -> Arguments.of(origin, request)));
    }

    // --- the API

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("calls")
    void theApiAsksForLeave(String route, String who, String header, int status) throws IOException {
        String body = "{\"channel\":\"lobby:bystander\",\"data\":1,\"user_id\":\"speaker\",\"before\":1}";
        String answer = answer(ascii("POST /api/" + route + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + header
                + "Content-Length: " + body.length() + "\r\n\r\n" + body));
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
    }

    static Stream<Arguments> calls() throws IOException {
        List<String> routes = routes();
        String scopeless = "Authorization: Bearer " + node.token("mallory") + "\r\n";
        String wrong = "Authorization: Bearer "
                + node.token("mallory", new JsonObject().put("scope", "carillon:apis xcarillon:api carillon")) + "\r\n";
        return routes.stream()
                .flatMap(route -> Stream.of(
                        Arguments.of(route, "without anything", "", 401),
                        Arguments.of(route, "with a wrong key", "X-API-Key: " + TestNode.API_KEY + "x\r\n", 401),
                        Arguments.of(route, "with a token without a scope", scopeless, 403),
                        Arguments.of(route, "with another scope", wrong, 403)));
    }

    /** All that the API's document has, but for the one that a browser's cookie opens. */
    private static List<String> routes() throws IOException {
        List<String> routes = new ArrayList<>();
        new YAMLMapper()
                .readTree(HostileHttpIT.class.getResourceAsStream("/openapi.yaml"))
                .path("paths")
                .fields()
                .forEachRemaining(path -> {
                    if (path.getKey().startsWith("/api/") && path.getValue().has("post")) {
                        routes.add(path.getKey().substring("/api/".length()).replace("{id}", "speaker"));
                    }
                });
        routes.remove("token/refresh/");
        assertThat(routes).hasSizeGreaterThan(20).contains("users/speaker/block", "nodes/speaker/drain", "token");
        return routes;
    }

    // --- the bridge

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("addresses")
    void theBridgeLeadsToNoAddressOfTheNodes(String type, String address) throws IOException {
        try (RawSocket bridge = bridge()) {
            bridge.text(new JsonObject()
                    .put("type", type)
                    .put("address", address)
                    .put("replyAddress", "r1")
                    .put(
                            "body",
                            new JsonObject().put("channel", "lobby:bystander").put("data", "forged"))
                    .encode());
            assertThat(bridge.next("err").getInteger("failureCode")).isBetween(200, 299);
        }
    }

    static Stream<Arguments> addresses() {
        return Stream.of("register", "send", "publish")
                .flatMap(type -> Stream.of(
                                "carillon.node." + node.node.id(),
                                "carillon.publish",
                                "carillon.command",
                                "__vertx.subs",
                                "__vertx.reply.1",
                                "application",
                                "vault:1",
                                "user:speaker")
                        .map(address -> Arguments.of(type, address)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"send\"}",
                "{\"type\":\"send\",\"address\":5,\"body\":1}",
                "{\"type\":\"evil\",\"address\":\"app.x\"}",
                "{\"type\":\"send\",\"address\":\"\",\"body\":1}",
                "{\"type\":\"publish\",\"address\":\"lobby:a b\",\"body\":1}",
                "[]",
                "5",
                "{",
            })
    void aBadMessageOfTheBridgeIsAnErrorAndNoMore(String text) throws IOException {
        try (RawSocket bridge = bridge()) {
            bridge.text(text);
            assertThat(bridge.next("err")).isNotNull();
        }
    }

    private static RawSocket bridge() throws IOException {
        RawSocket bridge = RawSocket.connect(node.port());
        String head = bridge.request(
                "GET /eventbus/websocket HTTP/1.1",
                "Host: localhost",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
        assertThat(head).startsWith("HTTP/1.1 101 ");
        bridge.text(new JsonObject()
                .put("type", "auth")
                .put("token", node.token("mallory"))
                .encode());
        bridge.next("event");
        return bridge;
    }
}
