package dev.carillon.cluster.link;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever comes on a node's address is a message of a node or a refusal. */
class LinkMessageFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void read(byte[] bytes) {
        try {
            if (LinkMessage.read(bytes) instanceof LinkMessage.Events events
                    && events.unpack().size() > bytes.length) {
                throw new AssertionError("more events than bytes");
            }
        } catch (IllegalArgumentException refused) {
            // As it should be.
        }
    }
}
