package dev.carillon.transport.websocket;

import static dev.carillon.transport.websocket.RawSocket.BINARY;
import static dev.carillon.transport.websocket.RawSocket.CLOSE;
import static dev.carillon.transport.websocket.RawSocket.CONTINUATION;
import static dev.carillon.transport.websocket.RawSocket.PING;
import static dev.carillon.transport.websocket.RawSocket.PONG;
import static dev.carillon.transport.websocket.RawSocket.TEXT;
import static dev.carillon.transport.websocket.RawSocket.VALID;
import static dev.carillon.transport.websocket.RawSocket.frame;
import static dev.carillon.transport.websocket.RawSocket.header;
import static dev.carillon.transport.websocket.RawSocket.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.Turns;
import dev.carillon.config.HttpSettings;
import dev.carillon.config.LimitSettings;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ServerFrame;
import dev.carillon.testing.Continuity;
import dev.carillon.testing.TransportServer;
import dev.carillon.testing.Until;
import dev.carillon.transport.Intake;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Once as a node does it, which looks at the first request of a connection before Vert.x does, on the native transport;
 * and once with every request given to Vert.x, on Java's.
 */
@Timeout(60)
@ParameterizedClass(name = "as a node does it: {0}")
@ValueSource(booleans = {true, false})
class WebSocketEndpointTest {
    private static final String AUTH = "{\"type\":\"auth\",\"id\":1,\"token\":\"t\"}";
    private static final int MAX_FRAME = 2048;
    private static final int MAX_MESSAGE = 6000;
    private static final int MAX_QUEUE = 256 * 1024;

    private static Vertx vertx;
    private static int port;
    private static EchoSessions sessions;

    /** Connections that Vert.x was not told of a request of. */
    private static final AtomicInteger TAKEN = new AtomicInteger();

    @Parameter
    boolean asNode;

    @BeforeParameterizedClassInvocation
    static void start(boolean asNode) throws Exception {
        TAKEN.set(0);
        Intake intake = new Intake();
        vertx = (asNode ? intake.instrument(Vertx.builder()) : Vertx.builder()).build();
        sessions = new EchoSessions();
        LimitSettings limits = new LimitSettings(
                MAX_FRAME,
                MAX_MESSAGE,
                MAX_QUEUE,
                256,
                5,
                1000,
                256,
                100,
                0,
                0,
                0,
                300,
                300,
                Duration.ofSeconds(30),
                Duration.ofSeconds(2),
                1024 * 1024,
                Duration.ofSeconds(15));
        HttpSettings http = new HttpSettings(
                "localhost", 0, List.of("https://app.example.org"), Duration.ofSeconds(60), 8192, List.of(), "", false);
        Router router = Router.router(vertx);
        WebSocketEndpoint endpoint = new WebSocketEndpoint(
                http, limits, Set.of("messages", "online", "drop"), TransportServer.slow(limits), Compression.OFF);
        endpoint.mount(router, sessions);
        HttpServerOptions options = new HttpServerOptions().setIdleTimeout(60);
        ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
        FirstRequests requests = endpoint.firstRequests(options, context, sessions);
        intake.begin(
                context.nettyEventLoop(), (channel, then) -> requests.expect(channel, then, TAKEN::incrementAndGet));
        HttpServer server = vertx.createHttpServer(options)
                .requestHandler(router)
                .listen(0, "localhost")
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        port = server.actualPort();
        intake.serve(port);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @BeforeEach
    void forgetEarlierSessions() throws Exception {
        // A handshake is answered before its session is opened, so the last test's may open only now. All are on one
        // event loop: once a later client has been answered, they are open.
        authenticated().close();
        sessions.forget();
    }

    @Test
    void theHandshakeIsAnsweredAsTheStandardSays() throws Exception {
        try (RawSocket client = RawSocket.connect(port)) {
            String head = client.handshake(
                    "GET /ws HTTP/1.1", with(VALID, "Sec-WebSocket-Protocol: other, carillon.v1.json"));

            assertThat(head.toLowerCase(java.util.Locale.ROOT))
                    .startsWith("http/1.1 101 ")
                    .contains("\r\nupgrade: websocket\r\n")
                    .contains("\r\nconnection: upgrade\r\n")
                    .contains("\r\nsec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n")
                    .contains("\r\nsec-websocket-protocol: carillon.v1.json\r\n")
                    .doesNotContain("extensions")
                    .doesNotContain("content-length");
        }
    }

    @Test
    void vertxIsNotToldOfAFirstRequestThatBecomesAWebSocket() throws Exception {
        int before = TAKEN.get();
        try (RawSocket client = RawSocket.connect(port)) {
            assertThat(client.handshake("GET /ws HTTP/1.1", VALID)).startsWith("HTTP/1.1 101 ");
        }

        assertThat(TAKEN.get() - before).isEqualTo(asNode ? 1 : 0);
    }

    @Test
    void aHandshakeMayComeInPieces() throws Exception {
        int before = TAKEN.get();
        try (RawSocket client = RawSocket.connect(port)) {
            byte[] head = RawSocket.head("GET /ws HTTP/1.1", VALID);
            for (int i = 0; i < head.length - 1; i++) {
                client.send(Arrays.copyOfRange(head, i, i + 1));
            }
            try (RawSocket other = RawSocket.connect(port)) {
                assertThat(other.handshake("GET /ws HTTP/1.1", VALID)).startsWith("HTTP/1.1 101 ");
            }
            client.send(Arrays.copyOfRange(head, head.length - 1, head.length));
            assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
            client.text(AUTH);
            assertThat(client.read().opcode()).isEqualTo(TEXT);
        }

        assertThat(TAKEN.get() - before).isEqualTo(asNode ? 2 : 0);
    }

    @Test
    void aClientThatDoesNotWaitForTheAnswerToItsHandshakeIsHeard() throws Exception {
        // It has to by RFC 6455, and Vert.x holds it to that.
        assumeTrue(asNode);
        try (RawSocket client = RawSocket.connect(port)) {
            client.send(join(RawSocket.head("GET /ws HTTP/1.1", VALID), frame(TEXT, AUTH)));

            assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
            assertThat(client.read().opcode()).isEqualTo(TEXT);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GE, T /nothing HTTP/1.1, 404",
        "GET /w, s/nothing HTTP/1.1, 404",
        "GET /ws H, TTP/1.1, 426",
        "GET /ws HTTP/1.1, '', 426",
        "P, OST /ws HTTP/1.1, 405",
        "GET /ws HTTP/1, .0, 400",
    })
    void whatIsNoHandshakeIsAnsweredByVertxHoweverItComes(String first, String then, int status) throws Exception {
        int before = TAKEN.get();
        try (RawSocket client = RawSocket.connect(port)) {
            client.send(first.getBytes(StandardCharsets.US_ASCII));
            try (RawSocket other = RawSocket.connect(port)) {
                assertThat(other.handshake("GET /ws HTTP/1.1", VALID)).startsWith("HTTP/1.1 101 ");
            }
            client.send(RawSocket.head(then, "Host: localhost"));

            assertThat(client.readHead()).startsWith("HTTP/").contains(" " + status + " ");
        }

        assertThat(TAKEN.get() - before).isEqualTo(asNode ? 1 : 0);
    }

    @Test
    void aHeadThatIsTooLongIsAnswered() throws Exception {
        try (RawSocket client = RawSocket.connect(port)) {
            client.send(RawSocket.head("GET /ws HTTP/1.1", "X-Long: " + "x".repeat(20_000)));

            assertThat(client.readHead()).startsWith("HTTP/1.1 431 ");
        }
        try (RawSocket client = RawSocket.connect(port)) {
            assertThat(client.handshake("GET /ws HTTP/1.1", VALID)).startsWith("HTTP/1.1 101 ");
        }
    }

    @Test
    void aWebSocketMayBeTheSecondRequestOfAConnection() throws Exception {
        int before = TAKEN.get();
        try (RawSocket client = RawSocket.connect(port)) {
            assertThat(client.handshake("GET /nothing HTTP/1.1", "Host: localhost"))
                    .startsWith("HTTP/1.1 404 ");
            assertThat(client.handshake("GET /ws HTTP/1.1", VALID)).contains("HTTP/1.1 101 ");
            client.text(AUTH);
            assertThat(client.read().opcode()).isEqualTo(TEXT);
        }

        assertThat(TAKEN).hasValue(before);
    }

    @Test
    void aClientThatOffersNoSubprotocolIsGivenNone() throws Exception {
        try (RawSocket client = RawSocket.connect(port)) {
            assertThat(client.handshake("GET /ws HTTP/1.1", VALID))
                    .doesNotContainIgnoringCase("Sec-WebSocket-Protocol");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST /ws HTTP/1.1 | 405 | |",
                "GET /ws/other HTTP/1.1 | 404 | |",
                "GET /ws/other/7 HTTP/1.1 | 404 | |",
                "GET /ws/messages/a%20b HTTP/1.1 | 404 | |",
                "GET /ws/messages/a%zz HTTP/1.1 | 400 | |",
                "GET /wsx HTTP/1.1 | 404 | |",
                "GET /ws HTTP/1.1 | 426 | Upgrade | Upgrade: other",
                "GET /ws HTTP/1.1 | 426 | Connection | Connection: keep-alive",
                "GET /ws HTTP/1.1 | 426 | Sec-WebSocket-Version | Sec-WebSocket-Version: 8",
                "GET /ws HTTP/1.1 | 426 | Sec-WebSocket-Version |",
                "GET /ws HTTP/1.1 | 400 | Sec-WebSocket-Key |",
                "GET /ws HTTP/1.1 | 400 | Sec-WebSocket-Key | Sec-WebSocket-Key: c2hvcnQ=",
                "GET /ws HTTP/1.1 | 400 | Sec-WebSocket-Key | Sec-WebSocket-Key: !!!",
                "GET /ws HTTP/1.1 | 400 | | Sec-WebSocket-Protocol: mqtt",
                "GET /ws HTTP/1.1 | 400 | | Content-Length: 0005",
                "GET /ws/online HTTP/1.1 | 400 | | Sec-WebSocket-Protocol: carillon.v1.json",
                "GET /ws HTTP/1.1 | 403 | | Origin: https://evil.example.org",
                "GET /ws HTTP/1.1 | 403 | | Origin: null",
                "GET /ws/online HTTP/1.1 | 403 | | Origin: https://localhost.evil.example.org",
            })
    void aHandshakeThatIsNotRightIsRefused(String line, int status, String dropped, String added) throws Exception {
        try (RawSocket client = RawSocket.connect(port)) {
            String[] headers = Stream.concat(
                            Arrays.stream(VALID).filter(header -> dropped == null || !header.startsWith(dropped)),
                            Stream.ofNullable(added))
                    .toArray(String[]::new);

            String head = client.handshake(line, headers);

            assertThat(head).startsWith("HTTP/1.1 " + status + " ");
            if (dropped != null && dropped.equals("Sec-WebSocket-Version")) {
                assertThat(head).containsIgnoringCase("Sec-WebSocket-Version: 13");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://app.example.org", "http://localhost", "https://LOCALHOST:443"})
    void aPageOfTheNodesOwnOrOfAListedOriginMayConnect(String origin) throws Exception {
        try (RawSocket client = RawSocket.connect(port)) {
            assertThat(client.handshake("GET /ws HTTP/1.1", with(VALID, "Origin: " + origin)))
                    .startsWith("HTTP/1.1 101 ");
        }
    }

    @Test
    void aCommandIsAnsweredAndASessionEndsWithItsSocket() throws Exception {
        EchoSessions.Echo session;
        try (RawSocket client = authenticated()) {
            session = sessions.next();
            client.text(publish(2, "{\"a\": [1, \"ü\"]}"));

            assertThat(client.read().text()).isEqualTo("{\"type\":\"reply\",\"id\":2,\"data\":{\"a\": [1, \"ü\"]}}");
            assertThat(session.connection.transport()).isEqualTo("websocket");
        }
        session.closed.get(30, TimeUnit.SECONDS);
        assertThat(session.closes).hasValue(1);
    }

    @Test
    void nothingOfTheHttpConnectionStaysInThePipeline() throws Exception {
        try (RawSocket client = authenticated()) {
            WebSocketConnection connection = (WebSocketConnection) sessions.next().connection;

            assertThat(connection.channel().pipeline().toMap().values())
                    .extracting(handler -> handler.getClass().getSimpleName())
                    .containsExactly("WebSocket13FrameDecoder", "FrameHandler");
            client.text("{\"type\":\"ping\",\"id\":3}");
            assertThat(client.read().text()).isEqualTo("{\"type\":\"pong\",\"id\":3}");
        }
    }

    @Test
    void whatIsNoFrameIsAnsweredAndTheConnectionGoesOn() throws Exception {
        try (RawSocket client = authenticated()) {
            client.text("{\"type\":\"dance\",\"id\":7}");
            assertThat(client.read().text()).contains("\"id\":7,\"code\":201");
            client.text("[".repeat(1900));
            assertThat(client.read().text()).contains("\"code\":200");
            client.text("");
            assertThat(client.read().text()).contains("\"code\":200");
            client.text(publish(8, "1"));
            assertThat(client.read().text()).contains("\"id\":8");
        }
    }

    @Test
    void aMessageInFragmentsWithPingsBetweenIsOneMessage() throws Exception {
        try (RawSocket client = authenticated()) {
            byte[] text = publish(2, "\"ü€😀\"").getBytes(StandardCharsets.UTF_8);
            client.send(frame(TEXT, new byte[0]));
            for (int i = 0; i < text.length; i++) {
                client.send(join(frame(CONTINUATION, new byte[] {text[i]}), frame(0x80 | PING, new byte[] {text[i]})));
                RawSocket.Frame pong = client.read();
                assertThat(pong.opcode()).isEqualTo(PONG);
                assertThat(pong.payload()).containsExactly(text[i]);
            }
            client.send(frame(0x80 | CONTINUATION, new byte[0]));

            assertThat(client.read().text()).endsWith("\"data\":\"ü€😀\"}");
        }
    }

    @Test
    void aThousandFramesInOneSegmentAreAnsweredInOrder() throws Exception {
        try (RawSocket client = authenticated()) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int i = 2; i < 1002; i++) {
                all.writeBytes(frame(TEXT, publish(i, "" + i)));
            }
            client.send(all.toByteArray());

            for (int i = 2; i < 1002; i++) {
                assertThat(client.read().text()).isEqualTo("{\"type\":\"reply\",\"id\":" + i + ",\"data\":" + i + "}");
            }
        }
    }

    @Test
    void bytesMayArriveOneByOne() throws Exception {
        try (RawSocket client = authenticated()) {
            for (byte b : frame(TEXT, publish(2, "\"" + "x".repeat(200) + "\""))) {
                client.send(new byte[] {b});
            }

            assertThat(client.read().text()).contains("xxx");
        }
    }

    static Stream<Arguments> violations() {
        byte[] none = {};
        return Stream.of(
                Arguments.of(
                        "an unmasked frame", 1002, join(header(0x81, 2, false).toByteArray(), new byte[] {65, 65})),
                Arguments.of("a reserved bit", 1002, frame(0xc1, "{}".getBytes(StandardCharsets.UTF_8))),
                Arguments.of("a reserved data opcode", 1002, frame(0x83, none)),
                Arguments.of("a reserved control opcode", 1002, frame(0x8b, none)),
                Arguments.of("a fragmented ping", 1002, frame(PING, none)),
                Arguments.of("a ping too long", 1002, frame(0x80 | PING, new byte[126])),
                Arguments.of("a continuation of nothing", 1002, frame(0x80, none)),
                Arguments.of("a message within another", 1002, join(frame(TEXT, none), frame(0x80 | TEXT, none))),
                Arguments.of("a close of one byte", 1002, frame(0x80 | CLOSE, new byte[1])),
                Arguments.of("a close with a reserved code", 1002, frame(0x80 | CLOSE, new byte[] {3, (byte) 0xed})),
                Arguments.of(
                        "a close whose reason is no text", 1007, frame(0x80 | CLOSE, new byte[] {3, (byte) 0xe8, -1})),
                Arguments.of("text that is no UTF-8", 1007, frame(0x80 | TEXT, new byte[] {'{', (byte) 0xc0, '}'})),
                Arguments.of(
                        "half a character at the end", 1007, frame(0x80 | TEXT, new byte[] {(byte) 0xe2, (byte) 0x82})),
                Arguments.of(
                        "a surrogate split over fragments",
                        1007,
                        join(frame(TEXT, new byte[] {(byte) 0xed}), frame(0, new byte[] {(byte) 0xa0}))),
                Arguments.of(
                        "half a character at the end of the last fragment",
                        1007,
                        join(frame(TEXT, new byte[] {(byte) 0xe2}), frame(0x80, new byte[] {(byte) 0x82}))),
                Arguments.of(
                        "a frame too large",
                        1009,
                        header(0x81, MAX_FRAME + 1, true).toByteArray()),
                Arguments.of("a huge frame", 1009, header(0x82, 1L << 40, true).toByteArray()),
                Arguments.of("a large frame with its bytes", 1009, frame(0x81, new byte[1 << 20])),
                Arguments.of(
                        "a message too large",
                        1009,
                        join(
                                frame(TEXT, new byte[2048]),
                                frame(0, new byte[2048]),
                                frame(0, new byte[1904]),
                                frame(0, new byte[1]))),
                Arguments.of("bytes that were not announced", 1003, frame(0x80 | BINARY, none)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("violations")
    void aViolationClosesWithItsCodeAndOthersGoOn(String what, int code, byte[] bytes) throws Exception {
        try (RawSocket other = authenticated();
                RawSocket client = RawSocket.open(port, "/ws")) {
            sessions.next();
            EchoSessions.Echo session = sessions.next();
            client.text(AUTH);
            assertThat(client.read().text()).contains("auth_success");

            client.send(bytes);
            if (code == 1003) {
                // A close by the rules of the protocol, not of WebSocket: it waits for the answer.
                assertThat(client.read().closeCode()).isEqualTo(code);
                client.send(frame(0x80 | CLOSE, new byte[] {3, (byte) 0xeb}));
                client.drain();
            } else {
                client.assertClosed(code);
            }

            client.close();
            session.closed.get(30, TimeUnit.SECONDS);
            assertThat(session.closes).hasValue(1);
            other.text(publish(5, "5"));
            assertThat(other.read().text()).contains("\"id\":5");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 1011, 3000, 4999})
    void aCloseIsAnsweredWithItsOwnCode(int code) throws Exception {
        try (RawSocket client = authenticated()) {
            EchoSessions.Echo session = sessions.next();
            client.send(join(
                    frame(0x80 | CLOSE, new byte[] {(byte) (code >> 8), (byte) code, 'b', 'y', 'e'}),
                    frame(TEXT, publish(9, "9"))));

            client.assertClosed(code);
            session.closed.get(30, TimeUnit.SECONDS);
            assertThat(session.closes).hasValue(1);
            assertThat(session.received).hasSize(1);
        }
    }

    @Test
    void aCloseWithoutACodeIsAnsweredWithoutOne() throws Exception {
        try (RawSocket client = authenticated()) {
            client.send(frame(0x80 | CLOSE, new byte[0]));

            client.assertClosed(1005);
        }
    }

    @Test
    void aSessionsCloseWaitsForTheClientsAnswer() throws Exception {
        try (RawSocket client = authenticated()) {
            EchoSessions.Echo session = sessions.next();
            session.context.runOnContext(now -> session.connection.close(CloseCode.REPLACED));

            RawSocket.Frame close = client.read();
            assertThat(close.closeCode()).isEqualTo(4409);
            assertThat(new String(close.payload(), 2, close.payload().length - 2, StandardCharsets.UTF_8))
                    .isEqualTo("replaced");
            assertThat(session.closes).hasValue(0);
            client.send(join(frame(TEXT, publish(3, "3")), frame(0x80 | CLOSE, new byte[] {15, (byte) 0xa1})));
            client.drain();
            client.close();
            session.closed.get(30, TimeUnit.SECONDS);
            assertThat(session.received).hasSize(1);
        }
    }

    @Test
    void aClientThatDoesNotAnswerACloseIsEndedAllTheSame() throws Exception {
        try (RawSocket client = authenticated()) {
            EchoSessions.Echo session = sessions.next();
            session.context.runOnContext(now -> session.connection.close(CloseCode.NO_PONG));

            client.assertClosed(4005);
            session.closed.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void aFaultOfTheNodesOwnClosesWith1011() throws Exception {
        try (RawSocket client = authenticated()) {
            client.text("{\"type\":\"refresh\",\"token\":\"t\"}");

            assertThat(client.read().closeCode()).isEqualTo(1011);
        }
    }

    @Test
    void anythingButAuthFirstReachesTheSessionWhichEndsIt() throws Exception {
        try (RawSocket client = RawSocket.open(port, "/ws")) {
            client.text("{\"type\":\"publish\",\"channel\":\"c\",\"binary\":true}");

            assertThat(client.read().closeCode()).isEqualTo(4001);
        }
    }

    @Test
    void bytesThatWereAnnouncedAreOnePublishWithTheirAnnouncement() throws Exception {
        try (RawSocket client = authenticated()) {
            client.text("{\"type\":\"publish\",\"id\":4,\"channel\":\"c\",\"binary\":true,\"meta\":[1]}");
            client.send(frame(BINARY, new byte[1000]));
            client.send(frame(0x80 | CONTINUATION, new byte[24]));

            assertThat(client.read().text()).contains("\"id\":4").contains("{\"meta\":3,\"bytes\":1024}");

            client.text("{\"type\":\"publish\",\"id\":5,\"channel\":\"c\",\"binary\":true}");
            client.text(publish(6, "6"));
            assertThat(client.read().text()).contains("\"id\":5,\"code\":200").contains("binary");
            assertThat(client.read().text()).contains("\"id\":6,\"data\":6");
        }
    }

    @Test
    void aClientThatReadsGetsAPongForEveryPing() throws Exception {
        try (RawSocket client = authenticated()) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int i = 0; i < 500; i++) {
                all.writeBytes(frame(PING, "" + i));
            }
            client.send(all.toByteArray());

            for (int i = 0; i < 500; i++) {
                RawSocket.Frame pong = client.read();
                assertThat(pong.opcode()).isEqualTo(PONG);
                assertThat(pong.text()).isEqualTo("" + i);
            }
        }
    }

    @Test
    void pongsForAClientThatDoesNotReadAreFewAndTheLastPingIsAnswered() throws Exception {
        try (RawSocket client = RawSocket.connect(port, 4096).opened("/ws")) {
            client.text(AUTH);
            assertThat(client.read().text()).contains("auth_success");
            EchoSessions.Echo session = sessions.next();
            WebSocketConnection connection = (WebSocketConnection) session.connection;
            fillSocket(session);
            long before = pending(session);

            byte[] flood = join(Stream.generate(() -> frame(0x80 | PING, new byte[125]))
                    .limit(1000)
                    .toArray(byte[][]::new));
            for (int i = 0; i < 10; i++) {
                client.send(flood);
            }
            client.send(join(frame(PING, "last"), frame(TEXT, publish(3, "3"))));

            // Nothing is read until the command behind the pings has come, and so all of them.
            Until.holds(() -> hasPublished(session, 3), () -> "the command behind the pings did not come");
            assertThat(pending(session)).isLessThan(before + 17 * 1024);
            boolean isAnswered = false;
            boolean isLastPonged = false;
            int pongs = 0;
            while (!isAnswered || !isLastPonged) {
                RawSocket.Frame frame = client.read();
                pongs += frame.opcode() == PONG ? 1 : 0;
                isLastPonged |= frame.opcode() == PONG && frame.text().equals("last");
                isAnswered |= frame.opcode() == TEXT && frame.text().contains("\"id\":3");
            }
            assertThat(connection.isOpen()).isTrue();
            assertThat(pongs).isLessThan(100);
        }
    }

    @Test
    void aReaderThatDoesNotReadIsClosedWithItsTcpConnectionWhileAnotherGoesOn() throws Exception {
        try (RawSocket slow = RawSocket.connect(port, 4096).opened("/ws")) {
            EchoSessions.Echo stuck = sessions.next();
            try (RawSocket fast = RawSocket.open(port, "/ws")) {
                EchoSessions.Echo other = sessions.next();
                long[] most = {0};
                int received = 0;
                while (!stuck.closed.isDone()) {
                    Publication publication = publication("\"" + "x".repeat(40_000) + "\"", received);
                    onLoop(stuck, () -> {
                        Turns.deliver(stuck.connection, publication);
                        WebSocketConnection connection = (WebSocketConnection) stuck.connection;
                        most[0] = Math.max(
                                most[0],
                                connection.channel().unsafe().outboundBuffer() == null
                                        ? 0
                                        : connection
                                                .channel()
                                                .unsafe()
                                                .outboundBuffer()
                                                .totalPendingWriteBytes());
                    });
                    onLoop(other, () -> Turns.deliver(other.connection, publication));
                    received++;
                    assertThat(fast.read().text()).contains("\"offset\":" + received + ",");
                }
                onLoop(other, () -> other.connection.close(CloseCode.NORMAL));
                assertThat(fast.read().closeCode()).isEqualTo(1000);
                assertThat(stuck.closes).hasValue(1);
                assertThat(most[0]).isLessThan(MAX_QUEUE + 50_000);
                slow.drain();
            }
        }
    }

    @Test
    void aReaderThatPausesGetsTheNewestAndATruthfulGapAndEverythingElse() throws Exception {
        try (RawSocket slow = RawSocket.connect(port, 4096).opened("/ws")) {
            EchoSessions.Echo stuck = sessions.next();
            int last = 2_000;
            String padding = "x".repeat(10_000);
            long[] most = {0};
            CompletableFuture<Void> published = new CompletableFuture<>();
            for (int i = 0; i < last; i++) {
                int n = i;
                onLoop(stuck, () -> {
                    Turns.deliver(stuck.connection, numbered("drop", n, "\"" + padding + "\""));
                    Turns.deliver(
                            stuck.connection,
                            numbered("latest", n, "{\"k\":" + n % 7 + ",\"padding\":\"" + padding + "\"}"));
                    if (n == last / 2) {
                        // Undroppable, and in order with what waits of its own channel.
                        Turns.deliver(stuck.connection, numbered("messages", 0, "\"between\""));
                        stuck.connection.send(new ServerFrame.Pong(77));
                    }
                    most[0] = Math.max(most[0], pendingNow(stuck));
                    if (n == last - 1) {
                        published.complete(null);
                    }
                });
            }
            published.get(20, TimeUnit.SECONDS);
            assertThat(stuck.closed).isNotDone();
            assertThat(most[0]).isLessThan(MAX_QUEUE / 2 + 12_000);

            Map<String, Continuity> seen =
                    Map.of("drop", new Continuity(0), "latest", new Continuity(0), "messages", new Continuity(0));
            int pongs = 0;
            while (seen.get("drop").position() < last || seen.get("latest").position() < last) {
                JsonObject frame = new JsonObject(slow.read().text());
                switch (frame.getString("type")) {
                    case "gap" ->
                        seen.get(frame.getString("channel")).gap(frame.getLong("missed"), frame.getLong("offset"));
                    case "message" -> seen.get(frame.getString("channel")).message(frame.getLong("offset"));
                    default -> pongs++;
                }
            }
            assertThat(seen.get("drop").gaps()).isEqualTo(1);
            assertThat(seen.get("latest").gaps()).isPositive();
            assertThat(seen.get("messages").messages()).isEqualTo(1);
            assertThat(pongs).isEqualTo(1);

            onLoop(stuck, () -> Turns.deliver(stuck.connection, numbered("drop", last, "1")));
            assertThat(slow.read().text()).contains("\"offset\":" + (last + 1) + ",");
        }
    }

    @Test
    void whatWaitsOfAChannelThatWasLeftIsNotSent() throws Exception {
        try (RawSocket slow = RawSocket.connect(port, 4096).opened("/ws")) {
            EchoSessions.Echo stuck = sessions.next();
            CompletableFuture<Void> done = new CompletableFuture<>();
            onLoop(stuck, () -> {
                for (int n = 0; n < 1_000; n++) {
                    Turns.deliver(stuck.connection, numbered("drop", n, "\"" + "x".repeat(10_000) + "\""));
                }
                stuck.connection.left(new ChannelName("drop"));
                stuck.connection.send(new ServerFrame.Unsubscribed(5, "drop", 2000, "asked for"));
                Turns.deliver(stuck.connection, numbered("drop", 1_000, "\"again\""));
                done.complete(null);
            });
            done.get(20, TimeUnit.SECONDS);

            JsonObject frame = new JsonObject(slow.read().text());
            long offset = 0;
            while (frame.getString("type").equals("message")) {
                assertThat(frame.getLong("offset")).isEqualTo(++offset);
                frame = new JsonObject(slow.read().text());
            }
            assertThat(offset).isBetween(1L, 999L);
            assertThat(frame.getString("type")).isEqualTo("unsubscribed");
            assertThat(new JsonObject(slow.read().text()).getLong("offset")).isEqualTo(1_001);
        }
    }

    @Test
    void aBareReaderThatPausesIsToldOfAGapToo() throws Exception {
        try (RawSocket slow = RawSocket.connect(port, 4096).opened("/ws/drop?token=t")) {
            EchoSessions.Echo stuck = sessions.next();
            int last = 1_000;
            for (int i = 0; i < last; i++) {
                Publication publication =
                        numbered("drop", i, "{\"n\":" + (i + 1) + ",\"p\":\"" + "x".repeat(10_000) + "\"}");
                onLoop(stuck, () -> Turns.deliver(stuck.connection, publication));
            }
            Continuity seen = new Continuity(0);
            CompletableFuture<Void> published = new CompletableFuture<>();
            onLoop(stuck, () -> published.complete(null));
            published.get(20, TimeUnit.SECONDS);
            while (seen.position() < last) {
                JsonObject frame = new JsonObject(slow.read().text());
                if ("gap".equals(frame.getString("type"))) {
                    assertThat(frame.getString("channel")).isEqualTo("drop");
                    seen.gap(frame.getLong("missed"), frame.getLong("offset"));
                } else {
                    seen.message(frame.getLong("n"));
                }
            }
            assertThat(seen.gaps()).isEqualTo(1);
        }
    }

    private static Publication numbered(String channel, int n, String json) {
        return new Publication(new ChannelName(channel), new StreamPosition("e", n + 1), Payload.json(json), null, 1);
    }

    @Test
    void aBurstLargerThanTheQueueReachesAClientThatReads() throws Exception {
        try (RawSocket client = authenticated()) {
            EchoSessions.Echo session = sessions.next();
            Publication frame = publication("\"" + "x".repeat(3 * MAX_QUEUE) + "\"", 1);
            session.context.runOnContext(now -> Turns.deliver(session.connection, frame));

            assertThat(client.read().payload()).hasSizeGreaterThan(3 * MAX_QUEUE);
            session.context.runOnContext(now -> session.connection.send(new ServerFrame.Ping()));
            assertThat(client.read().text()).isEqualTo("{\"type\":\"ping\"}");
        }
    }

    @Test
    void manyFramesOfATurnArriveTogetherAndBinaryOnesInPairs() throws Exception {
        try (RawSocket client = authenticated()) {
            EchoSessions.Echo session = sessions.next();
            Publication binary = new Publication(
                    new ChannelName("messages:1"),
                    new StreamPosition("e", 2),
                    Payload.binary("7".getBytes(StandardCharsets.UTF_8), new byte[300]),
                    null,
                    5);
            Publication first = publication("1", 0);
            session.context.runOnContext(now -> Turns.deliver(session.connection, first, binary));

            assertThat(client.read().text()).contains("\"offset\":1,\"data\":1");
            assertThat(client.read().text()).contains("\"offset\":2,\"binary\":true,\"meta\":7");
            RawSocket.Frame bytes = client.read();
            assertThat(bytes.opcode()).isEqualTo(BINARY);
            assertThat(bytes.payload()).isEqualTo(new byte[300]);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/ws/messages/42?token=t, messages:42",
        "/ws/messages/42/?token=t, messages:42",
        "/ws/messages/a/b?token=t, messages:a/b",
        "/ws/messages/a%2Fb+c?token=t, messages:a/b+c",
        "/ws/messages/%C3%BC?token=t, messages:ü",
        "/ws/online?token=t, online",
        "/ws/online/?token=t, online",
    })
    void aBarePathIsAChannel(String path, String channel) throws Exception {
        try (RawSocket client = RawSocket.open(port, path)) {
            ClientFrame.Auth auth = sessions.next().auth.get(30, TimeUnit.SECONDS);

            assertThat(auth.token()).isEqualTo("t");
            assertThat(auth.subscribe()).containsExactly(new ClientFrame.Subscribe(0, channel, null, null));
            client.text("{\"type\":\"ping\"}");
            assertThat(client.read().text()).isEqualTo("{\"type\":\"pong\"}");
        }
    }

    @Test
    void aBareClientSendsAndReceivesDataAlone() throws Exception {
        try (RawSocket client = RawSocket.open(port, "/ws/messages/42?token=late")) {
            // These do not wait to be let in.
            client.text("[1, 2]");
            client.text("{\"type\":\"note\",\"id\":\"free\"}");
            EchoSessions.Echo session = sessions.next();

            // The sessions of this test refuse every publish; their replies have no bare form.
            assertThat(client.read().text()).startsWith("{\"type\":\"error\",").contains("\"code\":300");
            assertThat(client.read().text()).startsWith("{\"type\":\"error\",").contains("\"code\":300");
            client.text("not JSON");
            assertThat(client.read().text()).startsWith("{\"type\":\"error\",").contains("\"code\":200");

            Publication frame = publication("{\"b\": 1}", 0);
            session.context.runOnContext(now -> Turns.deliver(session.connection, frame));
            assertThat(client.read().text()).isEqualTo("{\"b\": 1}");
            session.context.runOnContext(now -> session.connection.send(new ServerFrame.Ping()));
            assertThat(client.read().opcode()).isEqualTo(PING);
            assertThat(session.received)
                    .contains(new ClientFrame.Publish(0, "messages:42", Payload.json("[1, 2]"), null, null))
                    .contains(new ClientFrame.Publish(
                            0, "messages:42", Payload.json("{\"type\":\"note\",\"id\":\"free\"}"), null, null));
        }
    }

    @Test
    void aBareClientMayKeepItsTokenOutOfTheUrl() throws Exception {
        try (RawSocket client = RawSocket.open(port, "/ws/online")) {
            client.text("{\"type\":\"auth\",\"token\":\"first\",\"subscribe\":[{\"channel\":\"other\"}]}");

            ClientFrame.Auth auth = sessions.next().auth.get(30, TimeUnit.SECONDS);
            assertThat(auth.token()).isEqualTo("first");
            assertThat(auth.subscribe()).containsExactly(new ClientFrame.Subscribe(0, "online", null, null));
        }
    }

    @Test
    void aBareClientThatMayNotSubscribeIsClosedWith4403() throws Exception {
        try (RawSocket client = RawSocket.open(port, "/ws/messages/42?token=refused")) {
            assertThat(client.read().closeCode()).isEqualTo(4403);
        }
    }

    @Test
    void aBareClientIsSentNoBytesAndMaySendNone() throws Exception {
        try (RawSocket client = RawSocket.open(port, "/ws/messages/42?token=t")) {
            client.send(frame(0x80 | BINARY, new byte[3]));

            assertThat(client.read().closeCode()).isEqualTo(1003);
        }
    }

    @Test
    void aServerThatStopsSaysSo() throws Exception {
        HttpServer server = vertx.createHttpServer();
        Router router = Router.router(vertx);
        EchoSessions own = new EchoSessions();
        new WebSocketEndpoint(
                        HttpSettings.DEFAULTS,
                        LimitSettings.DEFAULTS,
                        Set.of(),
                        TransportServer.slow(LimitSettings.DEFAULTS),
                        Compression.OFF)
                .mount(router, own);
        server.requestHandler(router)
                .listen(0, "localhost")
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        try (RawSocket client = RawSocket.open(server.actualPort(), "/ws")) {
            EchoSessions.Echo session = own.next();
            var stopped =
                    server.shutdown(5, TimeUnit.SECONDS).toCompletionStage().toCompletableFuture();

            assertThat(client.read().closeCode()).isEqualTo(1001);
            client.send(frame(0x80 | CLOSE, new byte[] {3, (byte) 0xe9}));
            client.drain();
            client.close();
            session.closed.get(30, TimeUnit.SECONDS);
            stopped.get(30, TimeUnit.SECONDS);
        }
    }

    private static RawSocket authenticated() throws Exception {
        RawSocket client = RawSocket.open(port, "/ws");
        client.text(AUTH);
        assertThat(client.read().text()).contains("auth_success");
        return client;
    }

    private static String publish(int id, String data) {
        return "{\"type\":\"publish\",\"id\":" + id + ",\"channel\":\"c\",\"data\":" + data + "}";
    }

    private static Publication publication(String data, int before) {
        return new Publication(
                new ChannelName("messages:1"), new StreamPosition("e", before + 1), Payload.json(data), "u", 5);
    }

    private static String[] with(String[] headers, String more) {
        return Stream.concat(Arrays.stream(headers), Stream.of(more)).toArray(String[]::new);
    }

    private static void onLoop(EchoSessions.Echo session, Runnable task) {
        session.context.runOnContext(now -> task.run());
    }

    /** Writes until the kernel takes no more. */
    private static void fillSocket(EchoSessions.Echo session) throws Exception {
        Publication frame = publication("\"" + "x".repeat(20_000) + "\"", 0);
        while (pending(session) < 40_000) {
            onLoop(session, () -> Turns.deliver(session.connection, frame));
        }
    }

    private static boolean hasPublished(EchoSessions.Echo session, long id) {
        CompletableFuture<Boolean> has = new CompletableFuture<>();
        onLoop(
                session,
                () -> has.complete(session.received.stream()
                        .anyMatch(frame -> frame instanceof ClientFrame.Publish publish && publish.id() == id)));
        return has.join();
    }

    private static long pending(EchoSessions.Echo session) throws Exception {
        CompletableFuture<Long> pending = new CompletableFuture<>();
        onLoop(session, () -> pending.complete(pendingNow(session)));
        return pending.get(30, TimeUnit.SECONDS);
    }

    /** On the session's event loop. */
    private static long pendingNow(EchoSessions.Echo session) {
        return ((WebSocketConnection) session.connection)
                .channel()
                .unsafe()
                .outboundBuffer()
                .totalPendingWriteBytes();
    }
}
