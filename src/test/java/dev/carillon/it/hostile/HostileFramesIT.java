package dev.carillon.it.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.RawSocket;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames, compression and JSON of somebody who has logged in. */
class HostileFramesIT extends Victim {
    private static final String DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover";
    private static final int RSV1 = 0x40;
    private static final int TEXT = RawSocket.FINAL | RawSocket.TEXT;

    @ParameterizedTest(name = "{0}")
    @MethodSource("frames")
    void aBadFrameClosesItsOwnConnectionWithItsCode(String what, int code, byte[] bytes) throws IOException {
        try (RawSocket raw = RawSocket.connect(node.port())) {
            assertThat(raw.handshake(DEFLATE)).startsWith("HTTP/1.1 101 ").contains("permessage-deflate");
            raw.text(auth(node.token("mallory")));
            raw.next("auth_success");
            raw.send(bytes);
            assertThat(raw.closeCode()).isEqualTo(code);
        }
    }

    static Stream<Arguments> frames() {
        byte[] bomb = deflate(new byte[50_000_000]);
        byte[] part = Arrays.copyOf(bomb, bomb.length / 2);
        byte[] rest = Arrays.copyOfRange(bomb, bomb.length / 2, bomb.length);
        ByteArrayOutputStream two = new ByteArrayOutputStream();
        two.writeBytes(RawSocket.frame(RSV1 | RawSocket.TEXT, part));
        two.writeBytes(RawSocket.frame(RawSocket.FINAL, rest));
        return Stream.of(
                Arguments.of("a deflate bomb of 50 MB", 1009, RawSocket.frame(RSV1 | TEXT, bomb)),
                Arguments.of("a deflate bomb in two parts", 1009, two.toByteArray()),
                Arguments.of(
                        "a deflate bomb of bytes",
                        1009,
                        RawSocket.frame(RSV1 | RawSocket.FINAL | RawSocket.BINARY, bomb)),
                Arguments.of(
                        "what is not deflated",
                        1007,
                        RawSocket.frame(RSV1 | TEXT, ascii("\u00ff\u00ff\u00ff rubbish"))),
                Arguments.of(
                        "deflated invalid UTF-8", 1007, RawSocket.frame(RSV1 | TEXT, deflate(new byte[] {(byte) 0xff
                        }))),
                Arguments.of(
                        "a deflated ping", 1002, RawSocket.frame(RSV1 | RawSocket.FINAL | RawSocket.PING, ascii("x"))),
                Arguments.of("a deflated continuation", 1002, RawSocket.frame(RSV1 | RawSocket.FINAL, ascii("x"))),
                Arguments.of("the second reserved bit", 1002, RawSocket.frame(0x20 | TEXT, ascii("{}"))),
                Arguments.of("the third reserved bit", 1002, RawSocket.frame(0x10 | TEXT, ascii("{}"))),
                Arguments.of("opcode 3", 1002, RawSocket.frame(0x83, ascii("{}"))),
                Arguments.of("opcode 11", 1002, RawSocket.frame(0x8b, ascii("{}"))),
                Arguments.of("a frame of 2^63 - 1 bytes", 1009, RawSocket.header(TEXT, Long.MAX_VALUE)),
                Arguments.of("a frame of a negative length", 1002, RawSocket.header(TEXT, -1)),
                Arguments.of("a text within a message", 1002, twice(RawSocket.frame(RawSocket.TEXT, ascii("{")))),
                Arguments.of("an overlong NUL", 1007, RawSocket.frame(TEXT, new byte[] {(byte) 0xc0, (byte) 0x80})),
                Arguments.of("a surrogate in UTF-8", 1007, RawSocket.frame(TEXT, new byte[] {
                    (byte) 0xed, (byte) 0xa0, (byte) 0x80
                })),
                Arguments.of("a character beyond Unicode", 1007, RawSocket.frame(TEXT, new byte[] {
                    (byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80
                })),
                Arguments.of("five bytes for a character", 1007, RawSocket.frame(TEXT, new byte[] {
                    (byte) 0xf8, (byte) 0x88, (byte) 0x80, (byte) 0x80, (byte) 0x80
                })),
                Arguments.of("a close with the code 1005", 1002, RawSocket.frame(0x88, new byte[] {3, (byte) 0xed})),
                Arguments.of("a close with the code 999", 1002, RawSocket.frame(0x88, new byte[] {3, (byte) 0xe7})));
    }

    private static byte[] twice(byte[] frame) {
        ByteArrayOutputStream two = new ByteArrayOutputStream();
        two.writeBytes(frame);
        two.writeBytes(frame);
        return two.toByteArray();
    }

    private static byte[] deflate(byte[] plain) {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(plain);
        byte[] out = new byte[100_000];
        int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
        deflater.end();
        return Arrays.copyOf(out, length - 4);
    }

    // --- JSON

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void aBadCommandIsRefusedAndTheConnectionGoesOn(String what, String text) throws IOException {
        try (RawSocket raw = RawSocket.login(node, "mallory")) {
            raw.text(text);
            JsonObject error = raw.next("error");
            assertThat(error.getInteger("code")).isBetween(200, 299);
            assertThat(error.getString("error").length()).isLessThan(200);
            raw.text("{\"type\":\"ping\",\"id\":99}");
            assertThat(raw.next("pong").getLong("id")).isEqualTo(99);
        }
    }

    static Stream<Arguments> commands() {
        String publish = "{\"type\":\"publish\",\"id\":5,\"channel\":\"lobby:h\",\"data\":";
        return Stream.of(
                Arguments.of("nested a thousand deep", publish + "[".repeat(1_000) + "]".repeat(1_000) + "}"),
                Arguments.of(
                        "objects a thousand deep", publish + "{\"a\":".repeat(1_000) + "1" + "}".repeat(1_000) + "}"),
                Arguments.of("data over the limit", publish + "\"" + "x".repeat(40_000) + "\"}"),
                Arguments.of(
                        "a number of ten thousand digits", "{\"type\":\"ping\",\"id\":" + "9".repeat(10_000) + "}"),
                Arguments.of("an exponent of millions", "{\"type\":\"ping\",\"id\":1e99999999}"),
                Arguments.of("an id of 2^53", "{\"type\":\"ping\",\"id\":9007199254740992}"),
                Arguments.of("a negative id", "{\"type\":\"ping\",\"id\":-1}"),
                Arguments.of("NaN", "{\"type\":\"ping\",\"id\":NaN}"),
                Arguments.of("a comment", "/* hello */{\"type\":\"ping\"}"),
                Arguments.of("single quotes", "{'type':'ping'}"),
                Arguments.of("something behind it", "{\"type\":\"ping\"}{\"type\":\"ping\"}"),
                Arguments.of("a mark before it", "\ufeff{\"type\":\"ping\"}"),
                Arguments.of("an array", "[{\"type\":\"ping\"}]"),
                Arguments.of("nothing", ""),
                Arguments.of("the end missing", "{\"type\":\"ping\""),
                Arguments.of(
                        "half a surrogate in a channel",
                        "{\"type\":\"subscribe\",\"id\":5,\"channel\":\"lobby:\\ud800\"}"),
                Arguments.of("a NUL in a channel", "{\"type\":\"subscribe\",\"id\":5,\"channel\":\"lobby:\\u0000\"}"),
                Arguments.of(
                        "a line break in a channel",
                        "{\"type\":\"subscribe\",\"id\":5,\"channel\":\"lobby:a\\r\\nb\"}"),
                Arguments.of(
                        "a separator of tenants in a channel",
                        "{\"type\":\"subscribe\",\"id\":5,\"channel\":\"acme\\u001flobby\"}"),
                Arguments.of(
                        "a path for a channel", "{\"type\":\"subscribe\",\"id\":5,\"channel\":\"../../etc/passwd\"}"),
                Arguments.of(
                        "a path behind a namespace",
                        "{\"type\":\"subscribe\",\"id\":5,\"channel\":\"vault:../lobby\"}"),
                Arguments.of("a wildcard", "{\"type\":\"subscribe\",\"id\":5,\"channel\":\"*\"}"),
                Arguments.of(
                        "somebody's personal channel",
                        "{\"type\":\"subscribe\",\"id\":5,\"channel\":\"user:speaker\"}"),
                Arguments.of(
                        "publishing as the system",
                        "{\"type\":\"publish\",\"id\":5,\"channel\":\"online\",\"data\":{\"type\":\"user_online\"}}"),
                Arguments.of(
                        "a channel of 256 bytes",
                        "{\"type\":\"subscribe\",\"id\":5,\"channel\":\"lobby:" + "x".repeat(250) + "\"}"),
                Arguments.of(
                        "a key of 5,000 bytes",
                        "{\"type\":\"publish\",\"id\":5,\"channel\":\"lobby:h\",\"data\":1,\"key\":\""
                                + "k".repeat(5_000) + "\"}"),
                Arguments.of(
                        "a request to an owner's address",
                        "{\"type\":\"request\",\"id\":5,\"address\":\"carillon.publish\",\"data\":{}}"),
                Arguments.of(
                        "a request to the bus itself",
                        "{\"type\":\"request\",\"id\":5,\"address\":\"__vertx.subs\",\"data\":{}}"),
                Arguments.of("a second login", "{\"type\":\"auth\",\"id\":5,\"token\":\"x\"}"),
                Arguments.of(
                        "a refresh for somebody else",
                        "{\"type\":\"refresh\",\"id\":5,\"token\":\"" + node.token("speaker") + "\"}"));
    }
}
