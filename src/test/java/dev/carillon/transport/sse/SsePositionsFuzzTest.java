package dev.carillon.transport.sse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Whatever a reader sends as its last event's id is positions or a refusal. */
class SsePositionsFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void parse(byte[] id) {
        String text = new String(id, StandardCharsets.UTF_8);
        for (List<String> channels : List.of(List.of("feed"), List.of("feed", "messages:42"))) {
            try {
                SsePositions.parse(text, channels).forEach((channel, position) -> {
                    if (!channels.contains(channel) || position.offset() < 0) {
                        throw new AssertionError("a position that nobody asked for");
                    }
                });
            } catch (IllegalArgumentException refused) {
                // As it should be.
            }
        }
    }
}
