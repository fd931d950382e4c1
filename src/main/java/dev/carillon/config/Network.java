package dev.carillon.config;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** A range of addresses: one, or those that begin as it does, as in {@code 10.0.0.0/8}. */
public final class Network {
    private final byte[] start;
    private final int bits;

    private Network(byte[] start, int bits) {
        this.start = start;
        this.bits = bits;
    }

    static boolean isNetwork(String text) {
        try {
            return of(text) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** @throws IllegalArgumentException if it is neither an address nor a network; names are not looked up */
    public static Network of(String text) {
        int slash = text.indexOf('/');
        byte[] start = bytes(slash < 0 ? text : text.substring(0, slash));
        int bits = slash < 0 ? 8 * start.length : Integer.parseInt(text.substring(slash + 1));
        if (start.length == 0 || bits < 0 || bits > 8 * start.length) {
            throw new IllegalArgumentException("no network");
        }
        return new Network(start, bits);
    }

    /** The bytes of a written address, of an IPv4 one written as IPv6 its four; none if it is no address. */
    public static byte[] bytes(String address) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        try {
            // Which makes four bytes of a mapped address.
            return bytes == null ? new byte[0] : InetAddress.getByAddress(bytes).getAddress();
        } catch (UnknownHostException e) {
            throw new AssertionError("made of four or sixteen bytes", e);
        }
    }

    /** @param address as from {@link #bytes} */
    public boolean holds(byte[] address) {
        int whole = bits / 8;
        if (address.length != start.length || !Arrays.equals(address, 0, whole, start, 0, whole)) {
            return false;
        }
        int rest = bits % 8;
        return rest == 0 || (address[whole] ^ start[whole]) >> (8 - rest) == 0;
    }
}
