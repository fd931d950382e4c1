package dev.carillon.demo;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What can be measured of a recording.
 *
 * @param durationMillis its length
 * @param loudness root mean square in dB of full scale; silence is {@value #SILENCE}
 * @param peak the loudest sample, likewise
 * @param pitch strongest regular tone of the voiced parts in hertz, by its zero crossings; 0 if all is silent
 * @param voiced where it is not silent
 */
record Sound(long durationMillis, int sampleRate, double loudness, double peak, int pitch, List<Part> voiced) {
    static final double SILENCE = -96;
    private static final double VOICED = -45;
    private static final double FULL_SCALE = 32_768;
    private static final int WINDOW_MILLIS = 20;

    /** A stretch of the recording, in milliseconds from its beginning. */
    record Part(long fromMillis, long toMillis) {}

    /** @throws IllegalArgumentException if the bytes are no WAV of 16 bits and one channel; says what is wrong */
    static Sound ofWav(byte[] wav) {
        ByteBuffer in = ByteBuffer.wrap(wav).order(ByteOrder.LITTLE_ENDIAN);
        try {
            require(tag(in).equals("RIFF") && in.getInt() >= 0 && tag(in).equals("WAVE"), "is no WAV");
            int rate = 0;
            while (true) {
                String chunk = tag(in);
                int size = in.getInt();
                require(size >= 0 && size <= in.remaining(), "is cut off");
                ByteBuffer body = in.slice(in.position(), size).order(ByteOrder.LITTLE_ENDIAN);
                in.position(Math.min(in.limit(), in.position() + size + (size & 1)));
                if (chunk.equals("fmt ")) {
                    boolean plain = body.getShort(0) == 1 && body.getShort(2) == 1 && body.getShort(14) == 16;
                    rate = body.getInt(4);
                    require(plain && rate >= 4000 && rate <= 192_000, "must be PCM of 16 bits, mono");
                } else if (chunk.equals("data")) {
                    require(rate > 0, "has no format");
                    short[] samples = new short[size / 2];
                    body.asShortBuffer().get(samples);
                    return of(samples, rate);
                }
            }
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("is cut off", e);
        }
    }

    private static Sound of(short[] samples, int rate) {
        int window = rate * WINDOW_MILLIS / 1000;
        List<Part> voiced = new ArrayList<>();
        int crossings = 0;
        int counted = 0;
        for (int from = 0; from < samples.length; from += window) {
            int to = Math.min(samples.length, from + window);
            if (level(energy(samples, from, to)) < VOICED) {
                continue;
            }
            counted += to - from;
            for (int i = Math.max(1, from); i < to; i++) {
                crossings += samples[i - 1] < 0 && samples[i] >= 0 ? 1 : 0;
            }
            add(voiced, millis(from, rate), millis(to, rate));
        }
        int pitch = counted == 0 ? 0 : (int) Math.round((double) crossings * rate / counted);
        double peak = 0;
        for (short sample : samples) {
            peak = Math.max(peak, Math.abs((double) sample));
        }
        double loudness = level(energy(samples, 0, samples.length));
        return new Sound(millis(samples.length, rate), rate, loudness, level(peak * peak), pitch, voiced);
    }

    private static void add(List<Part> voiced, long from, long to) {
        int last = voiced.size() - 1;
        if (last >= 0 && voiced.get(last).toMillis == from) {
            voiced.set(last, new Part(voiced.get(last).fromMillis, to));
        } else {
            voiced.add(new Part(from, to));
        }
    }

    private static double energy(short[] samples, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += (double) samples[i] * samples[i];
        }
        return to == from ? 0 : sum / (to - from);
    }

    private static double level(double energy) {
        double db = 10 * Math.log10(energy / (FULL_SCALE * FULL_SCALE));
        return Math.max(SILENCE, Math.round(db * 10) / 10.0);
    }

    private static long millis(int samples, int rate) {
        return Math.round(samples * 1000.0 / rate);
    }

    private static String tag(ByteBuffer in) {
        byte[] tag = new byte[4];
        in.get(tag);
        return new String(tag, StandardCharsets.ISO_8859_1);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    JsonObject toJson() {
        JsonArray parts = new JsonArray();
        voiced.forEach(part -> parts.add(new JsonArray().add(part.fromMillis).add(part.toMillis)));
        return new JsonObject()
                .put("duration_ms", durationMillis)
                .put("sample_rate", sampleRate)
                .put("loudness_db", loudness)
                .put("peak_db", peak)
                .put("pitch_hz", pitch)
                .put("voiced_ms", parts);
    }

    String inWords() {
        String length = String.format(Locale.ROOT, "%.1f s", durationMillis / 1000.0);
        if (voiced.isEmpty()) {
            return "I listened for " + length + " and heard nothing. Come closer to the microphone.";
        }
        long spoken = voiced.stream()
                .mapToLong(part -> part.toMillis - part.fromMillis)
                .sum();
        String judgement = loudness < -30 ? "rather quiet" : peak > -1 ? "too loud, it clips" : "clear";
        return String.format(
                Locale.ROOT,
                "I heard %.1f s of sound in %s, in %d part%s, around %d Hz, at %.1f dB: %s.",
                spoken / 1000.0,
                length,
                voiced.size(),
                voiced.size() == 1 ? "" : "s",
                pitch,
                loudness,
                judgement);
    }
}
