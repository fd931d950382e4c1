package dev.carillon.channel.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.history.ChannelStream.KeyMark;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecentKeysTest {
    private final RecentKeys keys = new RecentKeys();

    /** What must be remembered, oldest first. */
    private final Map<String, KeyMark> expected = new LinkedHashMap<>();

    /** Few, which are looked at one by one, and many, in bursts that come and go. */
    @ParameterizedTest
    @ValueSource(ints = {3, 8, 9, 40, 3_000})
    void whateverComesAndGoesTheRestIsFound(int most) {
        Random random = new Random(most);
        for (int turn = 1; turn < 20_000; turn++) {
            String key = "user-" + random.nextInt(50) + '\0' + "é".repeat(random.nextInt(5)) + random.nextInt(most * 4);
            if (!expected.containsKey(key)) {
                put(key, turn, turn);
            }
            int left = random.nextInt(most * 5) == 0 ? random.nextInt(3) : most;
            forget(random.nextInt(10) == 0 ? turn - most * 2L : Long.MIN_VALUE, left);
            if (random.nextInt(most) == 0) {
                keys.trim();
            }
            assertThat(keys.size()).isEqualTo(expected.size());
            assertThat(offsetOf(key))
                    .isEqualTo(expected.containsKey(key) ? expected.get(key).offset() : 0);
            String other = "user-" + random.nextInt(50) + '\0' + random.nextInt(most * 4);
            assertThat(offsetOf(other))
                    .isEqualTo(expected.containsKey(other) ? expected.get(other).offset() : 0);
            if (turn % 1_000 == 0) {
                assertThat(List.copyOf(keys.toMap().entrySet())).isEqualTo(List.copyOf(expected.entrySet()));
                expected.forEach((known, mark) -> assertThat(offsetOf(known)).isEqualTo(mark.offset()));
            }
        }
    }

    /** Places in the array are counted from the beginning, which is more than an int holds after a while. */
    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE - 20_003, -20_000})
    void itGoesOnWhenPlacesBeginAgain(int base) {
        RecentKeys old = new RecentKeys(base);
        for (int turn = 1; turn < 2_000; turn++) {
            old.put(utf8("key " + turn), turn, turn);
            old.forget(turn - 12, 20_000);
            assertThat(old.offsetOf(utf8("key " + turn))).isEqualTo(turn);
            assertThat(old.offsetOf(utf8("key " + (turn - 12)))).isEqualTo(Math.max(0, turn - 12));
            assertThat(old.offsetOf(utf8("key " + (turn - 13)))).isZero();
        }
    }

    @Test
    void keysThatOnlyBeginOrEndAlikeAreOthers() {
        List<String> alike = new ArrayList<>();
        for (int length = 0; length < 40; length++) {
            alike.add("a".repeat(length));
            alike.add("a".repeat(length) + '\0');
            alike.add("a".repeat(length) + "b");
        }
        for (int i = 0; i < alike.size(); i++) {
            assertThat(offsetOf(alike.get(i))).isZero();
            put(alike.get(i), i + 1, 0);
        }
        for (int i = 0; i < alike.size(); i++) {
            assertThat(offsetOf(alike.get(i))).isEqualTo(i + 1);
        }
    }

    private void put(String key, long offset, long millis) {
        keys.put(utf8(key), offset, millis);
        expected.put(key, new KeyMark(offset, millis));
    }

    private void forget(long beforeMillis, int most) {
        keys.forget(beforeMillis, most);
        var oldestFirst = expected.values().iterator();
        while (oldestFirst.hasNext()) {
            KeyMark oldest = oldestFirst.next();
            if (expected.size() <= most && oldest.atMillis() >= beforeMillis) {
                return;
            }
            oldestFirst.remove();
        }
    }

    private long offsetOf(String key) {
        return keys.offsetOf(utf8(key));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
