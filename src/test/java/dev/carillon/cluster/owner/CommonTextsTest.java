package dev.carillon.cluster.owner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class CommonTextsTest {
    @Test
    void oneStringForAllWhoHaveTheSameText() {
        String first = of("node-1/3");

        assertThat(of("node-1/3")).isSameAs(first).isEqualTo("node-1/3");
    }

    @Test
    void whatIsLongIsNotRemembered() {
        String text = "a".repeat(65);

        assertThat(of(text)).isEqualTo(text).isNotSameAs(of(text));
    }

    /** Many more texts than places, with few letters, so that they meet in places and differ in little. */
    @Test
    void noTextIsTakenForAnother() {
        Random random = new Random(7);
        String letters = "abé\u0000ÿ€";
        for (int i = 0; i < 200_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(9); length > 0; length--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            assertThat(of(text.toString())).isEqualTo(text.toString());
        }
    }

    private static String of(String text) {
        byte[] bytes = ("before" + text + "after").getBytes(UTF_8);
        int length = text.getBytes(UTF_8).length;
        return CommonTexts.of(bytes, 6, length);
    }
}
