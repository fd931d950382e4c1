package dev.carillon.protocol;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever a client sends is a frame or a refusal. */
class FramesFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void json(byte[] message) {
        try {
            check(JsonFrames.decode(message));
        } catch (ProtocolException refused) {
            check(refused);
        }
    }

    @FuzzTest(maxDuration = "60s")
    void msgpack(byte[] message) {
        try {
            check(MsgpackFrames.decode(message));
        } catch (ProtocolException refused) {
            check(refused);
        }
    }

    private static void check(ClientFrame frame) {
        if (frame.id() < 0 || frame.id() > (1L << 53) - 1) {
            throw new AssertionError("an id that is none: " + frame.id());
        }
    }

    private static void check(ProtocolException refused) {
        // Names the field and never quotes what was sent.
        if (String.valueOf(refused.getMessage()).length() > 200) {
            throw new AssertionError("a refusal too long");
        }
        if (JsonFrames.encode(ServerFrame.Error.of(refused)).length == 0) {
            throw new AssertionError("a refusal that cannot be told");
        }
    }
}
