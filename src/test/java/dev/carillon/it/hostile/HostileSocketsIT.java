package dev.carillon.it.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.RawSocket;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Handshakes, slowness, tokens, floods, and the ports of nodes. */
class HostileSocketsIT extends Victim {
    private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    private static final String UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    private static final String VERSION = "Sec-WebSocket-Version: 13\r\n";
    private static final int TEXT = RawSocket.FINAL | RawSocket.TEXT;

    // --- handshakes

    @ParameterizedTest(name = "{0}")
    @MethodSource("handshakes")
    void aHandshakeThatIsNoneOpensNothing(String what, String head) throws IOException {
        String answer = answer(ascii(head));
        assertThat(answer).doesNotContain(" 101 ").doesNotContain(" 200 OK").doesNotContain("\r\nX-Evil");
        if (!answer.isEmpty()) {
            assertThat(answer).matches("(?s)HTTP/\\d\\.\\d [45]\\d\\d .*");
        }
    }

    static Stream<Arguments> handshakes() {
        String end = VERSION + KEY + "\r\n\r\n";
        return Stream.of(
                Arguments.of("no upgrade", "GET /ws HTTP/1.1\r\nHost: x\r\n" + end),
                Arguments.of(
                        "version 8",
                        "GET /ws HTTP/1.1\r\nHost: x\r\n" + UPGRADE + "Sec-WebSocket-Version: 8\r\n" + KEY
                                + "\r\n\r\n"),
                Arguments.of("two versions", "GET /ws HTTP/1.1\r\nHost: x\r\n" + UPGRADE + VERSION + end),
                Arguments.of("no key", "GET /ws HTTP/1.1\r\nHost: x\r\n" + UPGRADE + VERSION + "\r\n"),
                Arguments.of(
                        "a short key",
                        "GET /ws HTTP/1.1\r\nHost: x\r\n" + UPGRADE + VERSION + "Sec-WebSocket-Key: YQ==\r\n\r\n"),
                Arguments.of("two keys", "GET /ws HTTP/1.1\r\nHost: x\r\n" + UPGRADE + KEY + "\r\n" + end),
                Arguments.of("POST", "POST /ws HTTP/1.1\r\nHost: x\r\n" + UPGRADE + end),
                Arguments.of("HTTP/1.0", "GET /ws HTTP/1.0\r\nHost: x\r\n" + UPGRADE + end),
                Arguments.of("HTTP/9.9", "GET /ws HTTP/9.9\r\nHost: x\r\n" + UPGRADE + end),
                Arguments.of(
                        "a body", "GET /ws HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n" + UPGRADE + end + "hello"),
                Arguments.of(
                        "a chunked body",
                        "GET /ws HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n" + UPGRADE + end + "0\r\n\r\n"),
                Arguments.of(
                        "two lengths",
                        "GET /ws HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n" + UPGRADE + end),
                Arguments.of(
                        "a length and chunks",
                        "POST /api/info HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /ws HTTP/1.1\r\n\r\n"),
                Arguments.of("a negative length", "POST /api/info HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"),
                Arguments.of(
                        "an unknown subprotocol",
                        "GET /ws HTTP/1.1\r\nHost: x\r\n" + UPGRADE + "Sec-WebSocket-Protocol: evil.v9\r\n" + end),
                Arguments.of(
                        "a long header",
                        "GET /ws HTTP/1.1\r\nHost: x\r\nCookie: " + "c".repeat(9_000) + "\r\n" + UPGRADE + end),
                Arguments.of(
                        "many headers", "GET /ws HTTP/1.1\r\nHost: x\r\n" + "A: b\r\n".repeat(5_000) + UPGRADE + end),
                Arguments.of("a long path", "GET /" + "w".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"),
                Arguments.of("no HTTP at all", "\u0000\u0001\u0002\u0003 garbage\r\n\r\n"),
                Arguments.of(
                        "a TLS hello",
                        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003" + "r".repeat(200)),
                Arguments.of(
                        "HTTP/2",
                        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000"),
                Arguments.of("a header without a colon", "GET /ws HTTP/1.1\r\nHost x\r\n\r\n"),
                Arguments.of("a NUL in a header", "GET /ws HTTP/1.1\r\nHost: x\r\nA: b\u0000c\r\n" + UPGRADE + end),
                Arguments.of("a broken escape", "GET /ws/lobby/%zz HTTP/1.1\r\nHost: x\r\n" + UPGRADE + end),
                Arguments.of(
                        "a line break in a channel",
                        "GET /ws/lobby/a%0d%0aX-Evil:%201 HTTP/1.1\r\nHost: x\r\n" + UPGRADE + end),
                Arguments.of(
                        "a line break in a namespace",
                        "GET /ws/a%0d%0aX-Evil:1 HTTP/1.1\r\nHost: x\r\n" + UPGRADE + end),
                Arguments.of(
                        "half a character in a channel",
                        "GET /ws/nowhere/%c3 HTTP/1.1\r\nHost: x\r\n" + UPGRADE + end));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("drops")
    void whoTakesForEverToSayAnythingIsCut(String what, boolean isSocket, byte[] endless, String last)
            throws IOException {
        try (RawSocket raw = isSocket ? RawSocket.open(node.port()) : RawSocket.connect(node.port())) {
            assertThat(raw.drip(endless)).contains(last);
        }
    }

    static Stream<Arguments> drops() {
        byte[] text = new byte[60_000];
        return Stream.of(
                Arguments.of("a request's first line", false, ascii("GET /" + "w".repeat(8_000)), ""),
                Arguments.of("its headers", false, ascii("GET /ws HTTP/1.1\r\n" + "A: b\r\n".repeat(1_300)), ""),
                // 0x0fa2 is 4002.
                Arguments.of("the first frame", true, RawSocket.frame(TEXT, text), "\u000f\u00a2"),
                Arguments.of(
                        "the first message's frames",
                        true,
                        repeated(
                                RawSocket.frame(RawSocket.CONTINUATION, ascii(" ")),
                                RawSocket.frame(RawSocket.TEXT, ascii("{"))),
                        "\u000f\u00a2"),
                Arguments.of(
                        "pings and nothing else",
                        true,
                        repeated(RawSocket.frame(RawSocket.FINAL | RawSocket.PING, ascii("x")), new byte[0]),
                        "\u000f\u00a2"));
    }

    private static byte[] repeated(byte[] what, byte[] first) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(first);
        for (int i = 0; i < 1_000; i++) {
            all.writeBytes(what);
        }
        return all.toByteArray();
    }

    // --- tokens

    @ParameterizedTest(name = "{0}")
    @MethodSource("forgeries")
    void aForgedTokenLogsNobodyIn(String what, String token) throws IOException {
        try (RawSocket raw = RawSocket.open(node.port())) {
            raw.text(auth(token));
            assertThat(raw.closeCode()).isEqualTo(4001);
        }
        JsonObject body = new JsonObject();
        String answer = answer(ascii(
                "POST /api/info HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\nAuthorization: Bearer "
                        + token + "\r\n\r\n" + body.encode()));
        assertThat(answer).matches("(?s)HTTP/1\\.1 4(01|00|31) .*");
    }

    static Stream<Arguments> forgeries() {
        return Forgery.all(node).entrySet().stream().map(one -> Arguments.of(one.getKey(), one.getValue()));
    }

    // --- floods

    @Test
    void twoHundredThatSayNothingKeepNobodyOut() throws IOException {
        List<RawSocket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                silent.add(RawSocket.open(node.port()));
                RawSocket half = RawSocket.connect(node.port());
                half.send(ascii("GET /ws HTTP/1.1\r\nHost: x\r\nCook"));
                silent.add(half);
            }
            RawSocket.login(node, "mallory").close();
        } finally {
            for (RawSocket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void twoHundredThatComeAndGoKeepNobodyOut() throws IOException {
        for (int i = 0; i < 200; i++) {
            RawSocket.open(node.port()).close();
        }
        RawSocket.login(node, "mallory").close();
    }

    @Test
    void subscriptionsEndAtTheirNumberAndThenAtTheRate() throws IOException {
        try (RawSocket raw = RawSocket.login(node, "subscriber")) {
            for (int i = 0; i < 4_000; i++) {
                raw.text("{\"type\":\"subscribe\",\"id\":" + (i + 2) + ",\"channel\":\"lobby:flood" + i + "\"}");
            }
            boolean limited = false;
            boolean slowed = false;
            int code = 0;
            while (code == 0) {
                RawSocket.Frame frame = raw.read();
                code = frame.opcode() == RawSocket.CLOSE ? frame.closeCode() : 0;
                limited |= code == 0 && frame.text().contains("\"code\":204");
                slowed |= code == 0 && frame.text().contains("\"code\":103");
            }
            assertThat(limited).isTrue();
            assertThat(slowed).isTrue();
            assertThat(code).isEqualTo(4007);
        }
    }

    // --- the ports of nodes

    @ParameterizedTest(name = "{0}")
    @MethodSource("garbage")
    void theBusIsSpokenToWithGarbage(String what, byte[] bytes) throws IOException {
        assertThat(said(busPort, bytes)).doesNotContain("carillon");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("garbage")
    void theMembersPortIsSpokenToWithGarbage(String what, byte[] bytes) throws IOException {
        assertThat(said(memberPort, bytes)).doesNotContain("carillon");
    }

    /** They are bound to 127.0.0.1 unless told otherwise; the rest of loopback stands for all other addresses. */
    @Test
    void thePortsOfNodesAreNotThereForAnybodyElse() throws IOException {
        try (ServerSocket everywhere = new ServerSocket(0)) {
            assertThat(isOpen(everywhere.getLocalPort()))
                    .as("another address than it")
                    .isTrue();
        }
        assertThat(isOpen(busPort)).isFalse();
        assertThat(isOpen(memberPort)).isFalse();
    }

    private static boolean isOpen(int port) throws IOException {
        try (Socket socket = new Socket("127.0.0.2", port)) {
            return socket.isConnected();
        } catch (ConnectException refused) {
            return false;
        }
    }

    static Stream<Arguments> garbage() {
        byte[] random = new byte[10_000];
        new Random(5).nextBytes(random);
        return Stream.of(
                Arguments.of("random bytes", random),
                Arguments.of("a web page's request", ascii("GET / HTTP/1.1\r\nHost: x\r\n\r\n")),
                Arguments.of(
                        "a TLS hello",
                        ascii("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003" + "r".repeat(200))),
                Arguments.of(
                        "a Java object",
                        ascii("\u00ac\u00ed\u0000\u0005sr\u0000\u0011java.util.HashMap" + "\u0000".repeat(50))),
                Arguments.of("a length of 2 GB", ascii("\u007f\u00ff\u00ff\u00ff" + "x".repeat(1_000))),
                Arguments.of("a negative length", ascii("\u00ff\u00ff\u00ff\u00ff" + "x".repeat(1_000))),
                Arguments.of("a member's greeting and garbage", ascii("HZC" + "\u00ff".repeat(1_000))),
                Arguments.of("a client's greeting and garbage", ascii("CP2" + "\u00ff".repeat(1_000))),
                Arguments.of("zeros", new byte[5_000]),
                Arguments.of("nothing", new byte[0]));
    }
}
