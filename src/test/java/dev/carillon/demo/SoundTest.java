package dev.carillon.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SoundTest {
    private static final int RATE = 8000;

    /** A second of 440 Hz. */
    static short[] tone(double amplitude) {
        short[] samples = new short[RATE];
        for (int i = 0; i < RATE; i++) {
            samples[i] = (short) Math.round(amplitude * Short.MAX_VALUE * Math.sin(2 * Math.PI * 440 * i / RATE));
        }
        return samples;
    }

    static byte[] wav(int rate, short[] samples) {
        int size = samples.length * 2;
        ByteBuffer out = ByteBuffer.allocate(44 + size).order(ByteOrder.LITTLE_ENDIAN);
        out.put(tag("RIFF")).putInt(36 + size).put(tag("WAVE"));
        out.put(tag("fmt ")).putInt(16).putShort((short) 1).putShort((short) 1);
        out.putInt(rate).putInt(rate * 2).putShort((short) 2).putShort((short) 16);
        out.put(tag("data")).putInt(size);
        for (short sample : samples) {
            out.putShort(sample);
        }
        return out.array();
    }

    private static byte[] tag(String name) {
        return name.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void aToneIsMeasured() {
        Sound sound = Sound.ofWav(wav(RATE, tone(0.5)));

        assertThat(sound.durationMillis()).isEqualTo(1000);
        assertThat(sound.sampleRate()).isEqualTo(RATE);
        // A sine is 3 dB below its peak.
        assertThat(sound.peak()).isCloseTo(-6.0, within(0.1));
        assertThat(sound.loudness()).isCloseTo(-9.0, within(0.1));
        assertThat(sound.pitch()).isBetween(438, 442);
        assertThat(sound.voiced()).containsExactly(new Sound.Part(0, 1000));
        assertThat(sound.inWords())
                .isEqualTo("I heard 1.0 s of sound in 1.0 s, in 1 part, around " + sound.pitch()
                        + " Hz, at -9.0 dB: clear.");
    }

    @Test
    void pausesAreFound() {
        short[] samples = tone(0.5);
        Arrays.fill(samples, RATE / 4, RATE / 2, (short) 0);

        assertThat(Sound.ofWav(wav(RATE, samples)).voiced())
                .isEqualTo(List.of(new Sound.Part(0, 260), new Sound.Part(500, 1000)));
    }

    @Test
    void silenceIsHeardAsSilence() {
        Sound sound = Sound.ofWav(wav(RATE, new short[RATE * 2]));

        assertThat(sound.loudness()).isEqualTo(Sound.SILENCE);
        assertThat(sound.pitch()).isZero();
        assertThat(sound.inWords()).startsWith("I listened for 2.0 s and heard nothing");
    }

    @Test
    void whatIsNoRecordingIsRefusedInWords() {
        byte[] wav = wav(RATE, tone(0.5));
        refused(new byte[0], "is cut off");
        refused("not at all a recording".getBytes(StandardCharsets.UTF_8), "is no WAV");
        refused(Arrays.copyOf(wav, wav.length - 1), "is cut off");
        refused(Arrays.copyOf(wav, 36), "is cut off");
        refused(wav(100, new short[10]), "must be PCM of 16 bits, mono");
        byte[] stereo = wav.clone();
        stereo[22] = 2;
        refused(stereo, "must be PCM of 16 bits, mono");
        byte[] negative = wav.clone();
        negative[43] = (byte) 0xff;
        refused(negative, "is cut off");
    }

    private static void refused(byte[] wav, String why) {
        assertThatIllegalArgumentException().isThrownBy(() -> Sound.ofWav(wav)).withMessage(why);
    }
}
