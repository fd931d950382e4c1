package dev.carillon.testing.netlab;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/**
 * Runs on a host and sends each datagram on along the way that stands in it: {@code host:port host:port … text}. So a
 * test tries each way through the network from outside.
 */
final class Relay {
    static final int PORT = 7000;

    private Relay() {}

    public static void main(String[] arguments) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(PORT)) {
            System.out.println("listening");
            DatagramPacket packet = new DatagramPacket(new byte[1400], 1400);
            while (true) {
                packet.setLength(1400);
                socket.receive(packet);
                String[] next =
                        new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII).split(" ", 2);
                String[] address = next[0].split(":");
                byte[] rest = next[1].getBytes(StandardCharsets.US_ASCII);
                socket.send(new DatagramPacket(
                        rest, rest.length, InetAddress.getByName(address[0]), Integer.parseInt(address[1])));
            }
        }
    }
}
