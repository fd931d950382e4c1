package dev.carillon.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of the loopback interface that were free a moment ago, for those that others have to know beforehand. No outgoing
 * connection takes them: neither before the listener does, nor to connect to it when it is gone, and so to itself.
 */
public final class FreePorts {
    /** Below the ports that the system gives to outgoing connections. */
    private static final int FIRST = 15_000;

    private static final int BOUND = 32_000;

    private FreePorts() {}

    public static List<Integer> pick(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            while (sockets.size() < count) {
                try {
                    int port = ThreadLocalRandom.current().nextInt(FIRST, BOUND);
                    sockets.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
                } catch (IOException taken) {
                    // Another one then.
                }
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            sockets.forEach(FreePorts::close);
        }
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
