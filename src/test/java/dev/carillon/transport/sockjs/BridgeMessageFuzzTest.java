package dev.carillon.transport.sockjs;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.carillon.protocol.ProtocolException;

/** Whatever a bridge's client sends is a message or a refusal. */
class BridgeMessageFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void parse(byte[] text) {
        try {
            BridgeMessage message = BridgeMessage.parse(text);
            if (message.size() < 0) {
                throw new AssertionError("a size below nothing");
            }
        } catch (ProtocolException refused) {
            // As it should be.
        }
    }
}
