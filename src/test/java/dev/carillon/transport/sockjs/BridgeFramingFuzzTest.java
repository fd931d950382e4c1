package dev.carillon.transport.sockjs;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.carillon.protocol.ProtocolException;

/** Whatever comes on a WebSocket of SockJS is messages that can be framed again, or a refusal. */
class BridgeFramingFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void messages(byte[] received) {
        try {
            for (byte[] message : BridgeFraming.SOCKJS.messages(received)) {
                if (BridgeFraming.SOCKJS.frame(message).length < message.length) {
                    throw new AssertionError("a frame smaller than its message");
                }
            }
        } catch (ProtocolException refused) {
            // As it should be.
        }
    }
}
