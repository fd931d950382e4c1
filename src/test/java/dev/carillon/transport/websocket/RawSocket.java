package dev.carillon.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A client that sends whatever bytes a test wants. */
final class RawSocket implements AutoCloseable {
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CONTINUATION = 0;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final byte[] MASK = {0x12, (byte) 0xf4, 0x00, 0x7f};

    private final Socket socket = new Socket();
    private DataInputStream in = new DataInputStream(java.io.InputStream.nullInputStream());

    record Frame(int opcode, byte[] payload) {
        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        int closeCode() {
            return payload.length < 2 ? 1005 : (payload[0] & 0xff) << 8 | payload[1] & 0xff;
        }
    }

    static RawSocket connect(int port) throws IOException {
        return connect(port, 0);
    }

    static RawSocket connect(int port, int receiveBuffer) throws IOException {
        RawSocket raw = new RawSocket();
        if (receiveBuffer > 0) {
            raw.socket.setReceiveBufferSize(receiveBuffer);
        }
        raw.socket.setTcpNoDelay(true);
        raw.socket.setSoTimeout(30_000);
        raw.socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        raw.in = new DataInputStream(new java.io.BufferedInputStream(raw.socket.getInputStream()));
        return raw;
    }

    static RawSocket open(int port, String path) throws IOException {
        return connect(port).opened(path);
    }

    RawSocket opened(String path) throws IOException {
        String head = handshake("GET " + path + " HTTP/1.1", VALID);
        assertThat(head).startsWith("HTTP/1.1 101 ");
        return this;
    }

    static final String[] VALID = {
        "Host: localhost",
        "Connection: keep-alive, Upgrade",
        "Upgrade: WebSocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    };

    /** Sends a request's head and returns the response's. */
    String handshake(String requestLine, String... headers) throws IOException {
        send(head(requestLine, headers));
        return readHead();
    }

    static byte[] head(String requestLine, String... headers) {
        return (requestLine + "\r\n" + String.join("\r\n", headers) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    String readHead() throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            head.append((char) in.readUnsignedByte());
        }
        return head.toString();
    }

    void send(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
    }

    void text(String text) throws IOException {
        send(frame(TEXT, text));
    }

    static byte[] frame(int opcode, String payload) {
        return frame(0x80 | opcode, payload.getBytes(StandardCharsets.UTF_8));
    }

    /** @param first the frame's first byte */
    static byte[] frame(int first, byte[] payload) {
        ByteArrayOutputStream out = header(first, payload.length, true);
        byte[] masked = payload.clone();
        for (int i = 0; i < masked.length; i++) {
            masked[i] ^= MASK[i % 4];
        }
        out.writeBytes(masked);
        return out.toByteArray();
    }

    static ByteArrayOutputStream header(int first, long length, boolean isMasked) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int masked = isMasked ? 0x80 : 0;
        out.write(first);
        if (length <= 125) {
            out.write(masked | (int) length);
        } else if (length <= 0xffff) {
            out.write(masked | 126);
            out.write((int) (length >> 8));
            out.write((int) length);
        } else {
            out.write(masked | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                out.write((int) (length >> shift));
            }
        }
        if (isMasked) {
            out.writeBytes(MASK);
        }
        return out;
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    Frame read() throws IOException {
        return read(0x80);
    }

    /** The next frame, which must be marked as deflated; its payload is as it came. */
    Frame readDeflated() throws IOException {
        return read(0xc0);
    }

    private Frame read(int bits) throws IOException {
        int first = in.readUnsignedByte();
        assertThat(first & 0xf0).as("final, and reserved bits").isEqualTo(bits);
        int second = in.readUnsignedByte();
        assertThat(second & 0x80).as("not masked").isZero();
        long length = second;
        if (second == 126) {
            length = in.readUnsignedShort();
        } else if (second == 127) {
            length = in.readLong();
        }
        byte[] payload = new byte[(int) length];
        in.readFully(payload);
        return new Frame(first & 0xf, payload);
    }

    /** The next frame must be a close with this code, and nothing may come after it but the end of TCP. */
    void assertClosed(int code) throws IOException {
        Frame close = read();
        assertThat(close.opcode()).as(close.text()).isEqualTo(CLOSE);
        assertThat(close.closeCode()).isEqualTo(code);
        assertThat(in.read()).isEqualTo(-1);
    }

    /** Reads until TCP ends, in whatever way. */
    void drain() throws IOException {
        byte[] rest = new byte[64 * 1024];
        try {
            while (in.read(rest) >= 0) {
                Arrays.fill(rest, (byte) 0);
            }
        } catch (EOFException | SocketException e) {
            // Reset: the end as well.
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
