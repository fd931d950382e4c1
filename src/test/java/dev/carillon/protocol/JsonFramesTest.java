package dev.carillon.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFramesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "-0.5e+7",
                "0",
                "123456789012345678901234567890",
                "true",
                "false",
                "null",
                "\"\"",
                "\"plain\"",
                "\"\\u00e9 \\ud83d\\ude00 \\\" } , ü € 😀\"",
                "{}",
                "[]",
                "{ \"a\" : [ 1 , { \"b\" : \"}\" } ] }",
                "[[[[]]], \"ü\"]",
                "{\"type\":\"ping\",\"id\":\"x\"}"
            })
    void dataIsKeptByteForByteWhereverItStands(String data) {
        for (String space : new String[] {"", " ", "\r\n\t "}) {
            assertThat(data("{\"type\":\"publish\",\"channel\":\"ü\",\"data\":" + space + data + space + "}"))
                    .isEqualTo(data);
            assertThat(data(space + "{\"data\"" + space + ":" + space + data + space
                            + ",\"type\":\"publish\",\"other\":[{}],\"channel\":\"c\"}" + space))
                    .isEqualTo(data);
        }
    }

    @Test
    void aLongStringOfDataIsKeptByteForByte() {
        String data = '"' + "ü😀\\n".repeat(20_000) + '"';

        assertThat(data("{\"type\":\"publish\",\"data\":" + data + ",\"channel\":\"c\"}"))
                .isEqualTo(data);
    }

    @Test
    void theUsualAnswerToAPingIsReadLikeAnyOther() {
        for (String text : new String[] {"{\"type\":\"pong\"}", "{ \"type\": \"pong\" }"}) {
            assertThat(JsonFrames.decode(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(new ClientFrame.Pong(0));
        }
        assertThat(new String(JsonFrames.encode(new ServerFrame.Ping()), StandardCharsets.UTF_8))
                .isEqualTo("{\"type\":\"ping\"}");
    }

    @Test
    void nestingIsTakenToItsLimitAndRefusedBeyond() {
        String deepest = "[".repeat(127) + "]".repeat(127);
        assertThat(data("{\"type\":\"publish\",\"channel\":\"c\",\"data\":" + deepest + "}"))
                .isEqualTo(deepest);

        String deep = "{\"id\":4,\"type\":\"publish\",\"channel\":\"c\",\"data\":" + "[".repeat(10_000)
                + "]".repeat(10_000) + "}";
        ProtocolException refused = refused(deep);
        assertThat(refused.code()).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(refused.id()).isEqualTo(4);
    }

    @Test
    void aRefusalDoesNotQuoteWhatWasSent() {
        assertThat(refused("{\"type\":\"auth\",\"token\":{\"secret\":1}}").getMessage())
                .isEqualTo("bad request: token must be a string");
        assertThat(refused("{\"type\":\"secret\"}").getMessage()).doesNotContain("secret");
        assertThat(refused("{\"type\":secret}").getMessage()).doesNotContain("secret");
    }

    @Test
    void otherEncodingsThanUtf8AreNoFrames() {
        String ping = "{\"type\":\"ping\"}";

        for (var charset : new java.nio.charset.Charset[] {
            StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE
        }) {
            assertThat(catchThrowableOfType(ProtocolException.class, () -> JsonFrames.decode(ping.getBytes(charset))))
                    .isNotNull();
        }
        assertThat(refused("\ufeff" + ping).getMessage()).isEqualTo("bad request: frame must be a JSON object");
    }

    @Test
    void everyCharacterSurvivesBeingWritten() throws Exception {
        StringBuilder all = new StringBuilder();
        for (int c = 0; c <= Character.MAX_CODE_POINT; c += c < 0x300 ? 1 : 97) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                all.appendCodePoint(c);
            }
        }
        byte[] frame = JsonFrames.encode(new ServerFrame.Unsubscribed(1, "c", 2000, all.toString()));

        assertThat(JSON.readTree(frame).get("reason").textValue()).isEqualTo(all.toString());
    }

    @Test
    void halfASurrogatePairIsWrittenAsAReplacement() throws Exception {
        byte[] frame = JsonFrames.encode(new ServerFrame.Unsubscribed(1, "c", 2000, "a\ud800b\udc00"));

        assertThat(JSON.readTree(frame).get("reason").textValue()).isEqualTo("a\ufffdb\ufffd");
    }

    @Test
    void positionsOfEphemeralChannelsAreLeftOut() throws Exception {
        byte[] ack = JsonFrames.encode(new ServerFrame.Acknowledged(1, "tick", new Ack(StreamPosition.NONE, false)));

        assertThat(JSON.readValue(ack, Map.class))
                .isEqualTo(Map.of("type", "ack", "id", 1, "channel", "tick", "duplicate", false));
    }

    @Test
    void socketsWithoutBytesGetThemInBase64() throws Exception {
        Publication publication = new Publication(
                new ChannelName("simulation:7"),
                new StreamPosition("e", 3),
                Payload.binary("{\"n\":1}".getBytes(StandardCharsets.UTF_8), new byte[] {1, 2, (byte) 0xff}),
                "u",
                5);

        assertThat(JSON.readTree(JsonFrames.encode(publication)).has("bytes")).isFalse();
        assertThat(JSON.readTree(JsonFrames.encodeText(publication))
                        .get("bytes")
                        .textValue())
                .isEqualTo("AQL/");
    }

    private static String data(String frame) {
        ClientFrame decoded = JsonFrames.decode(frame.getBytes(StandardCharsets.UTF_8));
        return new String(((ClientFrame.Publish) decoded).data().json(), StandardCharsets.UTF_8);
    }

    private static ProtocolException refused(String frame) {
        return catchThrowableOfType(
                ProtocolException.class, () -> JsonFrames.decode(frame.getBytes(StandardCharsets.UTF_8)));
    }
}
