package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.channel.Payload;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonDataTest {
    @Test
    void whatAVerticleGivesIsEncodedAsJson() {
        assertThat(text(new JsonObject().put("a", 1))).isEqualTo("{\"a\":1}");
        assertThat(text(Map.of("a", 1))).isEqualTo("{\"a\":1}");
        assertThat(text(new JsonArray().add(1).addNull())).isEqualTo("[1,null]");
        assertThat(text("größe \"x\"")).isEqualTo("\"größe \\\"x\\\"\"");
        assertThat(text(17)).isEqualTo("17");
        assertThat(text(true)).isEqualTo("true");
        assertThat(JsonData.payload(null)).isEqualTo(Payload.NULL);
    }

    @Test
    void aVerticleIsGivenTheNaturalTypes() {
        assertThat(JsonData.body(Payload.json("{\"a\":1}"))).isEqualTo(new JsonObject().put("a", 1));
        assertThat(JsonData.body(Payload.json("[1]"))).isEqualTo(new JsonArray().add(1));
        assertThat(JsonData.body(Payload.json("\"x\""))).isEqualTo("x");
        assertThat(JsonData.body(Payload.json("1.5"))).isEqualTo(1.5);
        assertThat(JsonData.body(Payload.NULL)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":[1,2,{\"b\":null}]}",
                "17",
                "-1.5e3",
                "true",
                "null",
                "\"gr\u00fc\u00df \ud83d\ude00\"",
                " [1] \n"
            })
    void rawJsonPassesUnchanged(String json) {
        assertThat(text(Buffer.buffer(json))).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"a\":}",
                "[1,]",
                "1 2",
                "{}{}",
                "tru",
                "\"open",
                "\ufeff{}",
                "{\"a\":1}x",
                "'a'",
                "NaN",
                "\"\n\""
            })
    void rawBytesThatAreNotOneJsonValueAreRefused(String json) {
        assertThatThrownBy(() -> JsonData.payload(Buffer.buffer(json))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void rawJsonInAnotherEncodingIsRefused() {
        for (byte[] bytes : new byte[][] {
            "{\"a\":1}".getBytes(StandardCharsets.UTF_16LE),
            "{\"a\":1}".getBytes(StandardCharsets.UTF_16),
            "\"\u00e4\"".getBytes(StandardCharsets.ISO_8859_1),
            {'"', (byte) 0xc0, (byte) 0xaf, '"'},
            {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'}
        }) {
            assertThatThrownBy(() -> JsonData.payload(Buffer.buffer(bytes)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void whatJsonCannotHoldIsRefused() {
        assertThatThrownBy(() -> JsonData.payload(new Object())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void halfACharacterDoesNotMakeBrokenBytes() {
        Payload payload = JsonData.payload("\ud800");

        assertThat(JsonData.payload(payload.json())).isEqualTo(payload);
    }

    private static String text(Object value) {
        return new String(JsonData.payload(value).json(), StandardCharsets.UTF_8);
    }
}
