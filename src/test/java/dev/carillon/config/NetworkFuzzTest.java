package dev.carillon.config;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Whatever is forwarded as an address is one or is none. */
class NetworkFuzzTest {
    private static final Network PROXIES = Network.of("10.0.0.0/9");

    @FuzzTest(maxDuration = "60s")
    void address(byte[] text) {
        byte[] address = Network.bytes(new String(text, StandardCharsets.UTF_8));
        if (address.length != 0 && address.length != 4 && address.length != 16) {
            throw new AssertionError("an address of " + address.length + " bytes");
        }
        if (PROXIES.holds(address) && (address[0] != 10 || address[1] < 0)) {
            throw new AssertionError("not in 10.0.0.0/9");
        }
        boolean unused = Network.isNetwork(new String(text, StandardCharsets.UTF_8));
    }
}
