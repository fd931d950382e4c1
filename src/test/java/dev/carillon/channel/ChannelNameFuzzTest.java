package dev.carillon.channel;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Whatever is called a channel is one of its own tenant, or none. */
class ChannelNameFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void of(byte[] name) {
        ChannelName channel;
        try {
            channel = new ChannelName(new String(name, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException refused) {
            return;
        }
        if (channel.value().getBytes(StandardCharsets.UTF_8).length > ChannelName.MAX_BYTES
                || channel.namespace().isEmpty()) {
            throw new AssertionError("too long, or of no namespace");
        }
        if (!ChannelName.ofKey(channel.key()).equals(channel)
                || !ChannelName.ofKey(channel.in("acme").key()).equals(channel.in("acme"))) {
            throw new AssertionError("another's channel");
        }
    }
}
