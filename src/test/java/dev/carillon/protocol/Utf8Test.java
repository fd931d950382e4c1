package dev.carillon.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the platform's own decoder takes for UTF-8 is held against it. */
class Utf8Test {
    private static final int LONGEST = 4;

    @Test
    void anyTwoBytesAnywhereInAWord() {
        for (int before = 0; before <= Long.BYTES; before++) {
            byte[] text = new byte[before + 2 + Long.BYTES];
            Arrays.fill(text, (byte) 'a');
            for (int pair = 0; pair < 1 << 16; pair++) {
                text[before] = (byte) (pair >> 8);
                text[before + 1] = (byte) pair;
                check(text);
            }
        }
    }

    @Test
    void anyCharacterAndItsBeginning() {
        for (int point = 0; point <= Character.MAX_CODE_POINT; point += point < 0x11000 ? 1 : 97) {
            byte[] text = ("ascii, " + Character.toString(point)).getBytes(StandardCharsets.UTF_8);
            check(text);
            check(Arrays.copyOf(text, text.length - 1));
        }
    }

    @Test
    void bytesWithoutASense() {
        Random random = new Random(1);
        for (int i = 0; i < 500_000; i++) {
            byte[] text = new byte[random.nextInt(3 * Long.BYTES)];
            Arrays.fill(text, (byte) 'a');
            for (int wild = Math.min(text.length, random.nextInt(LONGEST + 1)), at = 0; wild > 0; wild--, at++) {
                // Most bytes begin or continue a character.
                text[(i + at) % text.length] = (byte) (0x80 | random.nextInt(0x80));
            }
            check(text);
        }
    }

    private static void check(byte[] text) {
        if (Utf8.isText(text) != isText(text)) {
            assertThat(Utf8.isText(text)).as(HexFormat.of().formatHex(text)).isEqualTo(isText(text));
        }
    }

    private static boolean isText(byte[] text) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)) != null;
        } catch (CharacterCodingException malformed) {
            return false;
        }
    }
}
