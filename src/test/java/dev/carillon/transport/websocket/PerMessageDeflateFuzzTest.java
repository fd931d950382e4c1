package dev.carillon.transport.websocket;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Whatever extensions a client offers, the answer is one of what a node can keep to, or none. */
class PerMessageDeflateFuzzTest {
    private static final String AGREED =
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover(; server_max_window_bits=15)?";

    @FuzzTest(maxDuration = "60s")
    void answer(byte[] headers) {
        String[] lines = new String(headers, StandardCharsets.ISO_8859_1).split("\n", -1);
        String answer = PerMessageDeflate.answer(Arrays.asList(lines));
        if (answer != null && !answer.matches(AGREED)) {
            throw new AssertionError("what nobody can keep to: " + answer);
        }
    }
}
