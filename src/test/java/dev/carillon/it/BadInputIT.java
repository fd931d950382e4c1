package dev.carillon.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.testing.Bystander;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.RawSocket;
import dev.carillon.testing.TestNode;
import dev.carillon.testing.WsClient;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/** A node, real sockets, and clients that send what they should not. After each of them the bystander is still served. */
@Timeout(60)
class BadInputIT {
    private static final int MAX_FRAME = 64 * 1024;
    private static final int MAX_MESSAGE = 256 * 1024;
    private static final int FINAL_TEXT = RawSocket.FINAL | RawSocket.TEXT;

    private static TestNode node;
    private static Bystander bystander;
    private static WsClient client;

    @BeforeAll
    static void start() {
        node = TestNode.start();
        bystander = new Bystander(node);
        client = WsClient.login(node, "mallory");
    }

    @AfterAll
    static void stop() {
        client.close();
        bystander.close();
        node.stop();
    }

    @AfterEach
    void othersGoOn() {
        bystander.assertStillServed();
    }

    // --- commands: answered, and the connection goes on

    @ParameterizedTest(name = "{0}")
    @MethodSource("badCommands")
    void aBadCommandIsAnsweredWithItsCodeAndTheConnectionGoesOn(String text, int code, String phrase) {
        int before = client.frames().size();
        client.send(text);
        JsonObject error = client.next("error");
        client.send("{\"type\":\"ping\"}");
        client.next("pong");

        List<JsonObject> answers = client.frames().stream()
                .skip(before)
                .filter(frame -> !List.of("ping", "pong").contains(frame.getString("type")))
                .toList();
        assertThat(answers).containsExactly(error);
        assertThat(error.getInteger("code")).isEqualTo(code);
        assertThat(error.getString("error")).startsWith(phrase);
        assertThat(error.getBoolean("temporary")).isFalse();
        assertThat(error.getLong("id")).isEqualTo(text.contains("\"id\":77") ? 77L : null);
    }

    @Test
    void whatIsNoMessagePackIsAnsweredAndTextClosesTheConnection() throws Exception {
        WebSocketConnectOptions packed = new WebSocketConnectOptions()
                .setHost("127.0.0.1")
                .setPort(node.port())
                .setURI("/ws")
                .addSubProtocol("carillon.v1.msgpack");
        WebSocketClient sockets = node.vertx().createWebSocketClient();
        WebSocket socket = ClusterMember.await(sockets.connect(packed));
        BlockingQueue<Value> answers = new LinkedBlockingQueue<>();
        socket.binaryMessageHandler(message -> answers.add(unpack(message.getBytes())));
        CompletableFuture<Short> closed = new CompletableFuture<>();
        socket.closeHandler(gone -> closed.complete(socket.closeStatusCode()));
        assertThat(socket.subProtocol()).isEqualTo("carillon.v1.msgpack");
        send(socket, pack("type", "auth", "id", 1, "token", node.token("packer")));
        assertThat(field(answers, "type")).isEqualTo("auth_success");

        JsonArray malformed;
        try (InputStream in = BadInputIT.class.getResourceAsStream("/conformance/msgpack.json")) {
            malformed = new JsonObject(Buffer.buffer(in.readAllBytes())).getJsonArray("malformed");
        }
        for (int i = 0; i < malformed.size(); i++) {
            JsonObject vector = malformed.getJsonObject(i);
            send(socket, HexFormat.of().parseHex(vector.getString("hex")));
            assertThat(field(answers, "code")).as(vector.getString("name")).isEqualTo("" + vector.getInteger("code"));
        }
        send(socket, pack("type", "ping", "id", 2, "token", ""));
        assertThat(field(answers, "type")).isEqualTo("pong");
        ClusterMember.await(socket.writeTextMessage("{\"type\":\"ping\"}"));
        assertThat(closed.get(20, TimeUnit.SECONDS)).isEqualTo((short) 1003);
        ClusterMember.await(sockets.close());
    }

    private static void send(WebSocket socket, byte[] message) {
        ClusterMember.await(socket.writeBinaryMessage(Buffer.buffer(message)));
    }

    private static byte[] pack(String key, String value, String id, int number, String third, String token)
            throws IOException {
        try (MessageBufferPacker out = MessagePack.newDefaultBufferPacker()) {
            out.packMapHeader(3).packString(key).packString(value);
            out.packString(id).packInt(number).packString(third).packString(token);
            return out.toByteArray();
        }
    }

    private static Value unpack(byte[] message) {
        try (MessageUnpacker in = MessagePack.newDefaultUnpacker(message)) {
            return in.unpackValue();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A field of the next frame that has it; others before it are passed over. */
    private static String field(BlockingQueue<Value> answers, String name) throws InterruptedException {
        while (true) {
            Value frame = answers.poll(20, TimeUnit.SECONDS);
            assertThat(frame).as("an answer with " + name).isNotNull();
            Value value = frame.asMapValue().map().get(ValueFactory.newString(name));
            if (value != null) {
                return value.toString();
            }
        }
    }

    static Stream<Arguments> badCommands() {
        String deep = "[".repeat(10_000) + "]".repeat(10_000);
        String deepObject = "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000);
        return Stream.of(
                // no frame at all
                bad("", 200, "bad request: frame"),
                bad("hello", 200, "bad request: frame"),
                bad("{", 200, "bad request: frame"),
                bad("{\"type\":\"ping\"", 200, "bad request: frame"),
                bad("[]", 200, "bad request: frame"),
                bad("null", 200, "bad request: frame"),
                bad("7", 200, "bad request: frame"),
                bad("{\"type\":\"ping\"}{\"type\":\"ping\"}", 200, "bad request: frame"),
                bad("{'type':'ping'}", 200, "bad request: frame"),
                bad("{\"type\":\"ping\",\"x\":\"\u0001\"}", 200, "bad request: frame"),
                bad("\u0000{\"type\":\"ping\"}", 200, "bad request: frame"),
                bad("{\"type\":\"ping\",\"x\":NaN}", 200, "bad request: frame"),
                bad("{\"type\":\"ping\",\"x\":1" + "0".repeat(5000) + "}", 200, "bad request: frame"),
                // nesting
                bad(deep, 200, "bad request: frame"),
                bad(deepObject, 200, "bad request: frame"),
                bad("{\"type\":\"ping\",\"x\":" + deep + "}", 200, "bad request: frame"),
                bad(
                        "{\"id\":77,\"type\":\"publish\",\"channel\":\"lobby:x\",\"data\":" + deep + "}",
                        200,
                        "bad request"),
                bad("{\"id\":77,\"type\":\"auth\",\"token\":\"x\",\"subscribe\":" + deep + "}", 200, "bad request"),
                // type and id
                bad("{}", 200, "bad request: type is required"),
                bad("{\"id\":77}", 200, "bad request: type is required"),
                bad("{\"type\":5,\"id\":77}", 200, "bad request: type must be a string"),
                bad("{\"type\":\"\",\"id\":77}", 200, "bad request: type must not be empty"),
                bad("{\"type\":\"dance\",\"id\":77}", 201, "unknown type"),
                bad("{\"type\":\"dance\"}", 201, "unknown type"),
                bad("{\"type\":\"Ping\"}", 201, "unknown type"),
                bad("{\"type\":\"auth_success\",\"id\":77}", 201, "unknown type"),
                bad("{\"type\":\"" + "x".repeat(60_000) + "\",\"id\":77}", 201, "unknown type"),
                bad("{\"type\":\"ping\",\"id\":0}", 200, "bad request: id must be an integer"),
                bad("{\"type\":\"ping\",\"id\":-1}", 200, "bad request: id must be an integer"),
                bad("{\"type\":\"ping\",\"id\":1.5}", 200, "bad request: id must be an integer"),
                bad("{\"type\":\"ping\",\"id\":\"1\"}", 200, "bad request: id must be an integer"),
                bad("{\"type\":\"ping\",\"id\":9007199254740992}", 200, "bad request: id must be an integer"),
                bad("{\"type\":\"ping\",\"id\":" + "9".repeat(500) + "}", 200, "bad request: id must be an integer"),
                bad("{\"type\":\"ping\",\"id\":{\"a\":[]}}", 200, "bad request: id must be an integer"),
                bad("{\"type\":\"auth\",\"id\":77,\"token\":\"x\"}", 200, "bad request: already authenticated"),
                // channels
                bad(command("subscribe", ""), 200, "bad request: channel is required"),
                bad(command("subscribe", "\"channel\":7"), 200, "bad request: channel must be a string"),
                bad(command("subscribe", "\"channel\":\"\""), 200, "bad request: channel must not be empty"),
                bad(
                        command("subscribe", "\"channel\":\":x\""),
                        200,
                        "bad request: channel must begin with a namespace"),
                bad(command("subscribe", "\"channel\":\"lobby:a b\""), 200, "bad request: channel must not hold white"),
                bad(command("subscribe", "\"channel\":\"lobby:\\u0000\""), 200, "bad request: channel must not hold"),
                bad(
                        command("subscribe", "\"channel\":\"lobby:\\ud800\""),
                        200,
                        "bad request: channel must not hold half"),
                bad(
                        command("subscribe", channel("lobby:" + "x".repeat(250))),
                        200,
                        "bad request: channel must be at most"),
                bad(
                        command("subscribe", channel("lobby:" + "é".repeat(125))),
                        200,
                        "bad request: channel must be at most"),
                bad(command("subscribe", channel("nowhere:x")), 202, "unknown namespace"),
                bad(command("unsubscribe", channel("nowhere:x")), 202, "unknown namespace"),
                bad(command("publish", channel("nowhere:x") + ",\"data\":1"), 202, "unknown namespace"),
                bad(command("history", channel("nowhere:x")), 202, "unknown namespace"),
                bad(command("presence", channel("nowhere:x")), 202, "unknown namespace"),
                bad(command("subscribe", channel("user:somebody")), 203, "permission denied"),
                bad(command("publish", channel("user:mallory") + ",\"data\":1"), 203, "permission denied"),
                bad(command("publish", channel("online") + ",\"data\":1"), 203, "permission denied"),
                bad(command("unsubscribe", channel("user:mallory")), 203, "permission denied"),
                bad(command("history", channel("user:somebody")), 203, "permission denied"),
                bad(command("subscribe", channel("user:mallory")), 205, "already subscribed"),
                bad(command("unsubscribe", channel("lobby:never")), 206, "not subscribed"),
                // positions
                bad(command("subscribe", channel("lobby:x") + ",\"offset\":1"), 200, "bad request: epoch is required"),
                bad(
                        command("subscribe", channel("lobby:x") + ",\"epoch\":\"e\""),
                        200,
                        "bad request: offset is required"),
                bad(
                        command("subscribe", channel("lobby:x") + ",\"epoch\":\"e\",\"offset\":-1"),
                        200,
                        "bad request: offset"),
                bad(command("subscribe", channel("lobby:x") + ",\"epoch\":7,\"offset\":1"), 200, "bad request: epoch"),
                bad(command("subscribe", channel("lobby:x") + ",\"token\":{}"), 200, "bad request: token"),
                // publications
                bad(command("publish", channel("lobby:x")), 200, "bad request: data is required"),
                bad(command("publish", channel("lobby:x") + ",\"data\":1,\"key\":\"\""), 200, "bad request: key"),
                bad(command("publish", channel("lobby:x") + ",\"data\":1,\"key\":7"), 200, "bad request: key"),
                bad(
                        command("publish", channel("lobby:x") + ",\"data\":1,\"binary\":\"yes\""),
                        200,
                        "bad request: binary"),
                bad(
                        command("publish", channel("lobby:x") + ",\"data\":1,\"key\":\"" + "k".repeat(1000) + "\""),
                        200,
                        "bad request: key must be at most"),
                bad(
                        command("publish", channel("lobby:x") + ",\"data\":\"" + "x".repeat(40_000) + "\""),
                        209,
                        "too large"),
                // history, presence, requests, refreshes
                bad(command("history", channel("tick:x")), 200, "bad request: channel keeps no history"),
                bad(command("history", channel("lobby:x") + ",\"limit\":0"), 200, "bad request: limit"),
                bad(command("history", channel("lobby:x") + ",\"limit\":1e3"), 200, "bad request: limit"),
                bad(
                        command("history", channel("lobby:x") + ",\"since\":[]"),
                        200,
                        "bad request: since must be an object"),
                bad(
                        command("history", channel("lobby:x") + ",\"since\":{\"offset\":1}"),
                        200,
                        "bad request: since.epoch"),
                bad(command("history", channel("lobby:x") + ",\"reverse\":1"), 200, "bad request: reverse"),
                bad(command("presence", channel("tick:x")), 200, "bad request: channel keeps no presence"),
                bad(command("presence", channel("lobby:x") + ",\"stats\":\"y\""), 200, "bad request: stats"),
                bad(command("request", ""), 200, "bad request: address is required"),
                bad(command("request", "\"address\":\"demo.x\",\"timeout_ms\":0"), 200, "bad request: timeout_ms"),
                bad(command("request", "\"address\":\"secret.x\""), 203, "permission denied"),
                bad(command("request", "\"address\":\"carillon.publish\""), 203, "permission denied"),
                bad(command("request", "\"address\":\"demo.nobody\""), 208, "no handler"),
                bad(command("refresh", ""), 200, "bad request: token is required"),
                bad(command("refresh", "\"token\":\"rubbish\""), 203, "permission denied"));
    }

    private static Arguments bad(String text, int code, String phrase) {
        String shown = text.isEmpty() ? "nothing" : text.substring(0, Math.min(70, text.length()));
        return Arguments.of(Named.of(shown.replaceAll("\\p{Cntrl}", "?"), text), code, phrase);
    }

    private static String command(String type, String fields) {
        return "{\"type\":\"" + type + "\",\"id\":77" + (fields.isEmpty() ? "" : "," + fields) + "}";
    }

    private static String channel(String name) {
        return "\"channel\":\"" + name + "\"";
    }

    @Test
    void aRefusalNeverQuotesWhatWasSent() {
        WsClient rude = WsClient.login(node, "rude");
        rude.send(command("publish", "\"channel\":\"nowhere:zanzibar\",\"data\":\"zanzibar\",\"key\":\"zanzibar\""));
        rude.send(command("zanzibar", "").replace("77", "78"));
        rude.send("{\"type\":\"request\",\"id\":79,\"address\":\"zanzibar\"}");
        assertThat(rude.reply(79).getString("error")).doesNotContain("zanzibar");
        assertThat(rude.reply(78).getString("error")).doesNotContain("zanzibar");
        assertThat(rude.reply(77).getString("error")).doesNotContain("zanzibar");
        rude.close();
    }

    @Test
    void unknownFieldsAreIgnored() {
        client.send("{\"type\":\"ping\",\"id\":101,\"colour\":{\"deep\":[[[]]]},\"id2\":null}");
        assertThat(client.reply(101).getString("type")).isEqualTo("pong");
    }

    @Test
    void anIdThatStillWaitsIsRefusedAndItsFirstCommandIsAnswered() {
        WsClient twice = WsClient.login(node, "twice");
        CompletableFuture<Message<Object>> asked = new CompletableFuture<>();
        var slow = node.vertx().eventBus().consumer("demo.slow", asked::complete);
        ClusterMember.await(slow.completion());
        JsonObject request =
                new JsonObject().put("type", "request").put("id", 9).put("address", "demo.slow");

        twice.send(request);
        twice.send(request);
        JsonObject refusal = twice.next("error");
        asked.orTimeout(30, TimeUnit.SECONDS).join().reply("done");
        JsonObject reply = twice.next("reply");

        assertThat(refusal.getLong("id")).isEqualTo(9);
        assertThat(refusal.getInteger("code")).isEqualTo(200);
        assertThat(refusal.getString("error")).startsWith("bad request: id");
        assertThat(reply.getLong("id")).isEqualTo(9);
        assertThat(reply.getString("data")).isEqualTo("done");
        ClusterMember.await(slow.unregister());
        twice.close();
    }

    @Test
    void aChannelIsSubscribedOnceHoweverOftenItIsAskedFor() {
        WsClient twice = WsClient.loginWith(
                node,
                node.token("keen"),
                new JsonArray()
                        .add(new JsonObject().put("channel", "lobby:k"))
                        .add(new JsonObject().put("channel", "lobby:k")));
        JsonArray refused = twice.frames().get(0).getJsonArray("refused");
        assertThat(refused).hasSize(1);
        assertThat(refused.getJsonObject(0).getInteger("code")).isEqualTo(205);
        assertThat(twice.subscribe(2, "lobby:k").getInteger("code")).isEqualTo(205);

        twice.publish(3, "lobby:k", "once");
        twice.publish(4, "lobby:k", "marker");

        assertThat(twice.next("message").getString("data")).isEqualTo("once");
        assertThat(twice.next("message").getString("data")).isEqualTo("marker");
        twice.close();
    }

    @Test
    void theThousandAndFirstSubscriptionIsRefusedAndOneThatIsGivenUpMakesRoom() {
        JsonArray thousandAndOne = new JsonArray();
        IntStream.rangeClosed(1, 1001).forEach(i -> thousandAndOne.add(new JsonObject().put("channel", "tick:" + i)));
        WsClient greedy = WsClient.loginWith(node, node.token("greedy"), thousandAndOne);
        JsonObject welcome = greedy.frames().get(0);
        // The personal channel is not the client's doing.
        assertThat(welcome.getJsonArray("subscriptions")).hasSize(1001);
        assertThat(welcome.getJsonArray("refused")).hasSize(1);
        assertThat(welcome.getJsonArray("refused").getJsonObject(0).getInteger("code"))
                .isEqualTo(204);
        assertThat(welcome.getJsonArray("refused").getJsonObject(0).getString("channel"))
                .isEqualTo("tick:1001");

        JsonObject refused = greedy.subscribe(2, "lobby:one-more");
        assertThat(refused.getInteger("code")).isEqualTo(204);
        assertThat(refused.getBoolean("temporary")).isFalse();
        greedy.send(new JsonObject().put("type", "unsubscribe").put("id", 3).put("channel", "tick:500"));
        assertThat(greedy.reply(3).getString("type")).isEqualTo("unsubscribed");
        assertThat(greedy.subscribe(4, "lobby:one-more").getString("type")).isEqualTo("subscribed");
        greedy.close();
    }

    @Test
    void bytesThatWereAnnouncedButDoNotComeAreAnError() {
        client.send("{\"type\":\"publish\",\"id\":110,\"channel\":\"lobby:b\",\"binary\":true}");
        client.send("{\"type\":\"ping\",\"id\":111}");

        assertThat(client.reply(110).getInteger("code")).isEqualTo(200);
        assertThat(client.reply(110).getString("error")).startsWith("bad request: binary");
        assertThat(client.reply(111).getString("type")).isEqualTo("pong");
    }

    // --- frames: the connection is closed with the code of its fault

    @ParameterizedTest(name = "{0}")
    @MethodSource("badFrames")
    void aBadFrameClosesWithItsCode(String what, int code, byte[] bytes) throws IOException {
        try (RawSocket raw = RawSocket.login(node, "raw")) {
            raw.send(bytes);
            assertThat(raw.closeCode()).isEqualTo(code);
        }
    }

    @ParameterizedTest(name = "before auth: {0}")
    @MethodSource("badFrames")
    void aStrangersBadFrameClosesWithItsCode(String what, int code, byte[] bytes) throws IOException {
        try (RawSocket raw = RawSocket.open(node.port())) {
            raw.send(bytes);
            assertThat(raw.closeCode()).isEqualTo(code);
        }
    }

    static Stream<Arguments> badFrames() {
        byte[] half = {'{', '"', (byte) 0xc3};
        return Stream.of(
                Arguments.of("a frame over the limit", 1009, RawSocket.frame(FINAL_TEXT, new byte[MAX_FRAME + 1])),
                Arguments.of("a frame of 2^62 bytes", 1009, RawSocket.header(FINAL_TEXT, 1L << 62)),
                Arguments.of("a message over the limit", 1009, longMessage()),
                Arguments.of("invalid UTF-8", 1007, RawSocket.frame(FINAL_TEXT, new byte[] {(byte) 0xff, 'x'})),
                Arguments.of(
                        "overlong UTF-8", 1007, RawSocket.frame(FINAL_TEXT, new byte[] {(byte) 0xc0, (byte) 0xaf})),
                Arguments.of("a text that ends in half a character", 1007, RawSocket.frame(FINAL_TEXT, half)),
                Arguments.of("bytes that nobody announced", 1003, RawSocket.frame(0x82, new byte[] {1, 2, 3})),
                Arguments.of("reserved bits", 1002, RawSocket.frame(0xf1, ascii("{}"))),
                Arguments.of("an unknown opcode", 1002, RawSocket.frame(0x83, ascii("{}"))),
                Arguments.of("a continuation of nothing", 1002, RawSocket.frame(0x80, ascii("{}"))),
                Arguments.of("a ping in fragments", 1002, RawSocket.frame(RawSocket.PING, ascii("x"))),
                Arguments.of("a long ping", 1002, RawSocket.frame(0x89, new byte[126])),
                Arguments.of("a frame without a mask", 1002, new byte[] {(byte) 0x81, 2, '{', '}'}),
                Arguments.of("a close with half a code", 1002, RawSocket.frame(0x88, new byte[] {3})));
    }

    private static byte[] longMessage() {
        byte[] piece = ascii(" ".repeat(MAX_FRAME));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(RawSocket.frame(RawSocket.TEXT, piece));
        for (int size = MAX_FRAME; size < MAX_MESSAGE; size += MAX_FRAME) {
            all.writeBytes(RawSocket.frame(RawSocket.CONTINUATION, piece));
        }
        all.writeBytes(RawSocket.frame(RawSocket.FINAL | RawSocket.CONTINUATION, ascii("{}")));
        return all.toByteArray();
    }

    @Test
    void aMessageInAThousandPiecesIsOneCommand() throws IOException {
        try (RawSocket raw = RawSocket.login(node, "raw")) {
            byte[] text = ascii("{\"type\":\"ping\",\"id\":5,\"x\":\"" + "y".repeat(1000) + "\"}");
            raw.send(RawSocket.frame(RawSocket.TEXT, new byte[0]));
            for (byte one : text) {
                raw.send(RawSocket.frame(RawSocket.CONTINUATION, new byte[] {one}));
            }
            raw.send(RawSocket.frame(RawSocket.FINAL | RawSocket.CONTINUATION, new byte[0]));
            assertThat(raw.next("pong").getLong("id")).isEqualTo(5);
        }
    }

    @Test
    void clientsThatVanishInTheMidstOfAFrameAreForgotten() throws IOException {
        for (int i = 0; i < 20; i++) {
            try (RawSocket raw = RawSocket.login(node, "vanishing" + i, "lobby:bystander")) {
                raw.send(RawSocket.header(FINAL_TEXT, 60_000), ascii("{\"type\":"));
            }
        }
    }

    // --- handshakes

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "/ws, https://evil.example.org, 403",
        "/ws, null, 403",
        "/ws/lobby/1, https://evil.example.org, 403",
        "/ws/nowhere, , 404",
        "/ws/nowhere/1, , 404",
        "/ws/lobby/a%20b, , 404",
        "/nowhere, , 404",
    })
    void aForeignOriginAndAnUnknownPathAreRefusedAtTheHandshake(String path, String origin, int status) {
        WebSocketConnectOptions options = new WebSocketConnectOptions()
                .setHost("127.0.0.1")
                .setPort(node.port())
                .setURI(path);
        if (origin != null) {
            options.putHeader("Origin", origin);
        }
        assertThatThrownBy(() -> WsClient.connect(node.vertx(), options))
                .isInstanceOfSatisfying(
                        UpgradeRejectedException.class,
                        refused -> assertThat(refused.getStatus()).isEqualTo(status));
    }

    @Test
    void whatIsNoHandshakeIsAnsweredAsHttp() throws IOException {
        List<String> answers = new ArrayList<>();
        for (String[] head : new String[][] {
            {"GET /ws HTTP/1.1", "Host: x"},
            {"POST /ws HTTP/1.1", "Host: x", "Content-Length: 0"},
            {"GET /ws HTTP/1.1", "Host: x", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"},
            {"GET /ws HTTP/1.1", "Host: x", "Cookie: " + "c".repeat(20_000)},
            {"GET /" + "w".repeat(20_000) + " HTTP/1.1", "Host: x"},
        }) {
            try (RawSocket raw = RawSocket.connect(node.port())) {
                answers.add(raw.request(head).substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3));
            }
        }
        assertThat(answers).containsExactly("426", "405", "400", "431", "414");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
