package dev.carillon.transport.sockjs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.protocol.ProtocolException;
import io.vertx.core.json.JsonArray;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BridgeFramingTest {
    private static final int FINAL_TEXT = 0x81;
    private static final int FINAL_BINARY = 0x82;

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"a\":\"\\\"\"}", "\u0000\u001f\u007f\u2028", "\u00fc\u20ac\ud83d\ude00", "\\"})
    void aMessageComesOutOfItsFrameAsItWentIn(String message) {
        byte[] sockJs = BridgeFraming.SOCKJS.frame(message.getBytes(UTF_8));
        assertThat(sockJs[0] & 0xff).isEqualTo(FINAL_TEXT);
        assertThat(sockJs[1]).isEqualTo((byte) (sockJs.length - 2));
        String text = new String(sockJs, 2, sockJs.length - 2, UTF_8);
        assertThat(text).startsWith("a");
        assertThat(new JsonArray(text.substring(1)).getList()).isEqualTo(List.of(message));

        byte[] raw = BridgeFraming.RAW.frame(message.getBytes(UTF_8));
        assertThat(raw[0] & 0xff).isEqualTo(FINAL_BINARY);
        assertThat(Arrays.copyOfRange(raw, 2, raw.length)).isEqualTo(message.getBytes(UTF_8));
    }

    @Test
    void clientsOfSockJsSendStringsInAnArrayOrOneAlone() {
        assertThat(messages("[\"a\",\"{\\\"b\\\":1}\"]")).containsExactly("a", "{\"b\":1}");
        assertThat(messages(" [ \"\\ud83d\\ude00\" ] ")).containsExactly("\ud83d\ude00");
        assertThat(messages("\"a\"")).containsExactly("a");
        assertThat(messages("[]")).isEmpty();
        assertThat(messages("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "{}",
                "1",
                "null",
                "[1]",
                "[null]",
                "[[\"a\"]]",
                "[\"a\"",
                "[\"a\"]]",
                "[\"a\"] 1",
                "\"a\" \"b\"",
                "\"a",
                "\"a\"]"
            })
    void whatIsNoFrameOfSockJsIsRefused(String text) {
        assertThatThrownBy(() -> messages(text)).isInstanceOf(ProtocolException.class);
    }

    private static List<String> messages(String text) {
        return BridgeFraming.SOCKJS.messages(text.getBytes(UTF_8)).stream()
                .map(message -> new String(message, UTF_8))
                .toList();
    }
}
