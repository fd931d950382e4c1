package dev.carillon.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.Turns;
import dev.carillon.config.HttpSettings;
import dev.carillon.config.LimitSettings;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.testing.TransportServer;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class CompressionTest {
    private static final String AGREED = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    private static final String AUTH = "{\"type\":\"auth\",\"id\":1,\"token\":\"t\"}";
    private static final int RSV1 = 0x40;
    private static final int MAX_MESSAGE = 64 * 1024;

    private static Vertx vertx;
    private static int port;
    private static EchoSessions sessions;

    @BeforeAll
    static void start() throws Exception {
        vertx = Vertx.vertx();
        sessions = new EchoSessions();
        LimitSettings defaults = LimitSettings.DEFAULTS;
        LimitSettings limits = new LimitSettings(
                32 * 1024,
                MAX_MESSAGE,
                defaults.maxQueuedBytes(),
                defaults.maxBacklogMessages(),
                defaults.connectionsPerUser(),
                defaults.subscriptionsPerConnection(),
                defaults.commandsInFlight(),
                defaults.messagesPerSecond(),
                defaults.bytesPerSecond(),
                defaults.userMessagesPerSecond(),
                defaults.userBytesPerSecond(),
                defaults.recoveryMessages(),
                defaults.historyPage(),
                defaults.requestTimeout(),
                defaults.authorizeTimeout(),
                defaults.maxLinkBytes(),
                defaults.publishTimeout());
        HttpSettings http =
                new HttpSettings("localhost", 0, List.of(), Duration.ofSeconds(60), 8192, List.of(), "", true);
        Router router = Router.router(vertx);
        Compression compression = Compression.of(http, Map.of("feed", NamespaceSettings.DEFAULTS));
        new WebSocketEndpoint(http, limits, Set.of("feed"), TransportServer.slow(limits), compression)
                .mount(router, sessions);
        HttpServer server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "localhost")
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        port = server.actualPort();
    }

    @AfterAll
    static void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @BeforeEach
    void forgetEarlierSessions() throws Exception {
        // Its answer shows that all sessions before it are open: they are on one event loop.
        authenticated("permessage-deflate").close();
        sessions.forget();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "permessage-deflate | ",
                "permessage-deflate; client_max_window_bits | ",
                "permessage-deflate; client_max_window_bits=\"9\"; server_no_context_takeover | ",
                "permessage-deflate; server_max_window_bits=15 | ; server_max_window_bits=15",
                "x-webkit-deflate-frame, Permessage-Deflate | ",
                "permessage-deflate; server_max_window_bits=10, permessage-deflate | ",
                "permessage-deflate; server_max_window_bits=10 | none",
                "permessage-deflate; server_max_window_bits | none",
                "permessage-deflate; client_max_window_bits=7 | none",
                "permessage-deflate; later | none",
                "permessage-deflate; server_no_context_takeover=1 | none",
                "permessage-deflate; client_max_window_bits; client_max_window_bits | none",
                "permessage-bzip2 | none",
            })
    void anOfferIsAnsweredIfItCanBeKept(String offer, @Nullable String answer) throws IOException {
        try (RawSocket client = RawSocket.connect(port)) {
            String head = client.handshake("GET /ws HTTP/1.1", offering(offer));
            if ("none".equals(answer)) {
                assertThat(head).startsWith("HTTP/1.1 101 ").doesNotContainIgnoringCase("extensions");
            } else {
                assertThat(head)
                        .containsIgnoringCase(
                                "\r\nSec-WebSocket-Extensions: " + AGREED + (answer == null ? "" : answer) + "\r\n");
            }
        }
    }

    @Test
    void whatIsLargeIsDeflatedAndEachMessageStandsForItself() throws Exception {
        try (RawSocket client = authenticated("permessage-deflate")) {
            EchoSessions.Echo session = sessions.next();
            String large = "\"" + "abc".repeat(1000) + "\"";
            for (int i = 1; i <= 2; i++) {
                deliver(session, Payload.json(large), i);
                RawSocket.Frame frame = client.readDeflated();
                assertThat(frame.payload().length).isLessThan(400);
                assertThat(new String(inflated(frame.payload()), StandardCharsets.UTF_8))
                        .contains("\"offset\":" + i)
                        .contains(large);
            }
            deliver(session, Payload.json("\"small\""), 3);
            assertThat(client.read().text()).contains("small");
            byte[] noise = new byte[3000];
            new Random(1).nextBytes(noise);
            deliver(session, Payload.binary("null".getBytes(StandardCharsets.UTF_8), noise), 4);
            assertThat(client.read().text()).contains("\"binary\":true");
            assertThat(client.read().payload()).isEqualTo(noise);
        }
    }

    @Test
    void whoDidNotOfferIsSentWhatItWouldBeWithout() throws Exception {
        try (RawSocket client = authenticated("")) {
            EchoSessions.Echo plain = sessions.next();
            deliver(plain, Payload.json("\"" + "abc".repeat(1000) + "\""), 1);
            assertThat(client.read().text()).contains("abcabc");
            client.send(RawSocket.frame(0x80 | RSV1 | RawSocket.TEXT, deflated("{\"type\":\"ping\"}")));
            client.assertClosed(1002);
        }
    }

    @Test
    void allSocketsThatAgreedHaveOneForm() throws Exception {
        try (RawSocket one = authenticated("permessage-deflate");
                RawSocket other = authenticated("permessage-deflate; client_max_window_bits");
                RawSocket plain = authenticated("")) {
            assertThat(plain).isNotNull();
            assertThat(one).isNotSameAs(other);
            EchoSessions.Echo first = sessions.next();
            assertThat(sessions.next().connection.form()).isSameAs(first.connection.form());
            assertThat(sessions.next().connection.form()).isSameAs(JsonWire.FORM);
        }
    }

    @Test
    void deflatedCommandsAreReadAlsoInFragmentsAndBesidePlainOnes() throws IOException {
        try (RawSocket client = authenticated("permessage-deflate")) {
            String ping = "{\"type\":\"ping\",\"id\":7,\"x\":\"" + "é".repeat(5000) + "\"}";
            byte[] message = deflated(ping);
            client.send(RawSocket.frame(0x80 | RSV1 | RawSocket.TEXT, message));
            assertThat(client.read().text()).isEqualTo("{\"type\":\"pong\",\"id\":7}");
            client.send(RawSocket.frame(RSV1 | RawSocket.TEXT, Arrays.copyOf(message, 5)));
            client.send(RawSocket.frame(0x80 | RawSocket.PING, new byte[0]));
            client.send(RawSocket.frame(0x80 | RawSocket.CONTINUATION, Arrays.copyOfRange(message, 5, message.length)));
            assertThat(client.read().opcode()).isEqualTo(RawSocket.PONG);
            assertThat(client.read().text()).isEqualTo("{\"type\":\"pong\",\"id\":7}");
            client.text("{\"type\":\"ping\",\"id\":8}");
            assertThat(client.read().text()).isEqualTo("{\"type\":\"pong\",\"id\":8}");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("violations")
    void whatBreaksTheRulesOfDeflatedMessagesClosesTheConnection(String what, int code, byte[] sent)
            throws IOException {
        try (RawSocket client = authenticated("permessage-deflate")) {
            client.send(sent);
            client.assertClosed(code);
        }
    }

    static Stream<Arguments> violations() {
        int text = 0x80 | RSV1 | RawSocket.TEXT;
        byte[] ping = deflated("{\"type\":\"ping\"}");
        return Stream.of(
                Arguments.of("a bomb", 1009, RawSocket.frame(text, deflated(" ".repeat(20_000_000)))),
                Arguments.of("one byte too many", 1009, RawSocket.frame(text, deflated(" ".repeat(MAX_MESSAGE + 1)))),
                Arguments.of("what is not deflated", 1007, RawSocket.frame(text, new byte[] {-1, -1, 3, 4})),
                Arguments.of("text that is not UTF-8", 1007, RawSocket.frame(text, deflated(new byte[] {
                    (byte) 0xc3, 0x28
                }))),
                Arguments.of("another reserved bit", 1002, RawSocket.frame(0x80 | 0x20 | RawSocket.TEXT, ping)),
                Arguments.of("two reserved bits", 1002, RawSocket.frame(text | 0x10, ping)),
                Arguments.of("a deflated ping", 1002, RawSocket.frame(0x80 | RSV1 | RawSocket.PING, new byte[0])),
                Arguments.of(
                        "a mark on a continuation",
                        1002,
                        RawSocket.join(
                                RawSocket.frame(RSV1 | RawSocket.TEXT, Arrays.copyOf(ping, 3)),
                                RawSocket.frame(
                                        0x80 | RSV1 | RawSocket.CONTINUATION,
                                        Arrays.copyOfRange(ping, 3, ping.length)))));
    }

    @Test
    void messagesOfEverySizeComeOutAsTheyWentIn() throws Exception {
        Random random = new Random(2);
        for (int size = 1; size < 3000; size += 7) {
            byte[] message = new byte[size];
            for (int i = 0; i < size; i++) {
                message[i] = (byte) random.nextInt(size % 3 == 0 ? 2 : 256);
            }
            byte[] framed = Deflate.frames(WebSocketFrames.binary(message), -1);
            boolean isDeflated = (framed[0] & RSV1) != 0;
            byte[] payload = Arrays.copyOfRange(framed, WebSocketFrames.headerSizeAt(framed, 0), framed.length);
            assertThat(isDeflated ? Deflate.inflate(payload, size) : payload).isEqualTo(message);
            assertThat(inflated(deflated(message))).isEqualTo(message);
        }
    }

    private static void deliver(EchoSessions.Echo session, Payload data, long offset) {
        Publication publication =
                new Publication(new ChannelName("feed"), new StreamPosition("e", offset), data, null, 1L);
        session.context.runOnContext(now -> Turns.deliver(session.connection, List.of(publication)));
    }

    private static RawSocket authenticated(String offer) throws IOException {
        RawSocket client = RawSocket.connect(port);
        assertThat(client.handshake("GET /ws HTTP/1.1", offering(offer))).startsWith("HTTP/1.1 101 ");
        client.text(AUTH);
        assertThat(client.read().text()).contains("auth_success");
        return client;
    }

    private static String[] offering(String offer) {
        if (offer.isEmpty()) {
            return RawSocket.VALID;
        }
        String[] headers = Arrays.copyOf(RawSocket.VALID, RawSocket.VALID.length + 1);
        headers[headers.length - 1] = "Sec-WebSocket-Extensions: " + offer;
        return headers;
    }

    private static byte[] deflated(String text) {
        return deflated(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] deflated(byte[] message) {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(message);
        byte[] out = new byte[message.length + 1024];
        int size = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
        deflater.end();
        return Arrays.copyOf(out, size - 4);
    }

    private static byte[] inflated(byte[] message) throws DataFormatException {
        java.util.zip.Inflater inflater = new java.util.zip.Inflater(true);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] part = new byte[1000];
        for (byte[] in : List.of(message, new byte[] {0, 0, -1, -1})) {
            inflater.setInput(in);
            for (int size = inflater.inflate(part); size > 0; size = inflater.inflate(part)) {
                out.write(part, 0, size);
            }
        }
        inflater.end();
        return out.toByteArray();
    }
}
