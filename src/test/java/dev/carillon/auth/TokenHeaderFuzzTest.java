package dev.carillon.auth;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.vertx.core.json.DecodeException;
import java.nio.charset.StandardCharsets;

/** Whatever is given as a token has a header or is refused; an authenticator takes any exception for a refusal, but no error. */
class TokenHeaderFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void of(byte[] token) {
        try {
            TokenHeader header = TokenHeader.of(new String(token, StandardCharsets.ISO_8859_1));
            if (header.algorithm() == null) {
                throw new AssertionError("no algorithm");
            }
        } catch (IllegalArgumentException | DecodeException | ClassCastException refused) {
            // As it should be.
        }
    }
}
