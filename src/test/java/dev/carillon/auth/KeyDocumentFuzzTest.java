package dev.carillon.auth;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;

/** Whatever a key server answers is keys or a refusal. */
class KeyDocumentFuzzTest {
    private static final Vertx VERTX = Vertx.vertx();

    @FuzzTest(maxDuration = "60s")
    void read(byte[] document) {
        try {
            if (KeyDocument.read(VERTX, new String(document, StandardCharsets.UTF_8))
                    .isEmpty()) {
                throw new AssertionError("no key and no refusal");
            }
        } catch (IllegalArgumentException refused) {
            // As it should be.
        }
    }
}
