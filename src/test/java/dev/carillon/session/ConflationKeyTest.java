package dev.carillon.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.Payload;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConflationKeyTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "symbol   | {\"symbol\":\"A\",\"p\":1}              | \"A",
                "symbol   | {\"p\":{\"symbol\":\"B\"},\"symbol\":1}  | 1",
                "symbol   | {\"symbol\":\"1\"}                       | \"1",
                "symbol   | {\"symbol\":true}                        | true",
                "order.id | {\"order\":{\"x\":[{\"id\":1}],\"id\":7}} | 7",
                "order.id | {\"order\":{\"id\":1.50}}                | 1.50",
            })
    void aScalarAtThePathIsTheKey(String path, String data, String key) {
        assertThat(new ConflationKey(path).apply(Payload.json(data))).isEqualTo(key);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "symbol   | {\"p\":1}",
                "symbol   | {\"symbol\":null}",
                "symbol   | {\"symbol\":{\"a\":1}}",
                "symbol   | {\"symbol\":[1]}",
                "symbol   | [{\"symbol\":1}]",
                "symbol   | \"symbol\"",
                "order.id | {\"order\":5,\"id\":7}",
                "order.id | {\"order\":{\"other\":1},\"id\":7}",
                "order.id | {\"order\":{\"other\":1}",
            })
    void whateverHasNoScalarThereSharesOneKey(String path, String data) {
        assertThat(new ConflationKey(path).apply(Payload.json(data))).isEqualTo(ConflationKey.NONE);
    }

    @Test
    void aLongValueCountsAsNone() {
        ConflationKey key = new ConflationKey("k");
        assertThat(key.apply(Payload.json("{\"k\":\"" + "x".repeat(256) + "\"}")))
                .hasSize(257);
        assertThat(key.apply(Payload.json("{\"k\":\"" + "x".repeat(257) + "\"}")))
                .isEqualTo(ConflationKey.NONE);
    }

    @Test
    void ofABinaryPublicationItIsInMetaAndWithoutAPathNothingIsRead() {
        Payload binary = Payload.binary("{\"k\":5}".getBytes(StandardCharsets.UTF_8), new byte[9]);
        assertThat(new ConflationKey("k").apply(binary)).isEqualTo("5");
        assertThat(new ConflationKey("").apply(Payload.json("not even JSON"))).isEqualTo(ConflationKey.NONE);
    }
}
