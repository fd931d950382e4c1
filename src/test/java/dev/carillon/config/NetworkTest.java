package dev.carillon.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NetworkTest {
    @Test
    void anAddressIsInItsNetworkAndInNoOther() {
        assertThat(holds("10.0.0.0/8", "10.255.1.2")).isTrue();
        assertThat(holds("10.0.0.0/8", "11.0.0.1")).isFalse();
        assertThat(holds("192.168.4.0/22", "192.168.7.255")).isTrue();
        assertThat(holds("192.168.4.0/22", "192.168.8.0")).isFalse();
        assertThat(holds("128.0.0.0/1", "200.0.0.1")).isTrue();
        assertThat(holds("128.0.0.0/1", "1.0.0.1")).isFalse();
        assertThat(holds("127.0.0.1", "127.0.0.1")).isTrue();
        assertThat(holds("127.0.0.1", "::ffff:127.0.0.1")).isTrue();
        assertThat(holds("::1", "127.0.0.1")).isFalse();
        assertThat(holds("2001:db8::/32", "2001:db8:1::5")).isTrue();
        assertThat(holds("0.0.0.0/0", "9.9.9.9")).isTrue();
    }

    @Test
    void whatIsNoNetworkIsNone() {
        for (String text : new String[] {"", "localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "/8", "1.2.3"}) {
            assertThat(Network.isNetwork(text)).as(text).isFalse();
        }
        assertThat(Network.bytes("nobody")).isEmpty();
    }

    private static boolean holds(String network, String address) {
        return Network.of(network).holds(Network.bytes(address));
    }
}
