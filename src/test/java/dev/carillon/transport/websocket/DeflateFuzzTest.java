package dev.carillon.transport.websocket;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.zip.DataFormatException;

/** Whatever is inflated stays within its bound. */
class DeflateFuzzTest {
    private static final int MAX_BYTES = 4096;

    @FuzzTest(maxDuration = "60s")
    void inflate(byte[] message) {
        try {
            byte[] inflated = Deflate.inflate(message, MAX_BYTES);
            if (inflated != null && inflated.length > MAX_BYTES) {
                throw new AssertionError("beyond its bound: " + inflated.length);
            }
        } catch (DataFormatException refused) {
            // It was not deflated.
        }
    }
}
