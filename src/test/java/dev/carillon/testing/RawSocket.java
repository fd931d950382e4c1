package dev.carillon.testing;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A WebSocket client that sends whatever bytes a test wants, and reads only when a test reads. */
public final class RawSocket implements AutoCloseable {
    public static final int CONTINUATION = 0;
    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;

    /** Or it to an opcode for a frame that is a message's last. */
    public static final int FINAL = 0x80;

    private static final int PATIENCE_MILLIS = 20_000;
    private static final int SILENCE_MILLIS = 300;
    private static final int DRIP_MILLIS = 10;
    private static final byte[] MASK = {0x12, (byte) 0xf4, 0x00, 0x7f};

    private final Socket socket = new Socket();
    private final DataInputStream in;

    private RawSocket(int port, int receiveBufferBytes) throws IOException {
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 512));
    }

    /** What one frame holds. */
    public record Frame(int opcode, byte[] payload) {
        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        /** Of a close frame; 1005 for none. */
        public int closeCode() {
            return payload.length < 2 ? 1005 : (payload[0] & 0xff) << 8 | payload[1] & 0xff;
        }
    }

    /** Only TCP. */
    public static RawSocket connect(int port) throws IOException {
        return new RawSocket(port, 0);
    }

    /** A WebSocket on {@code /ws} that has said nothing yet. */
    public static RawSocket open(int port) throws IOException {
        return connect(port).opened();
    }

    /** A WebSocket that has authenticated and is subscribed. */
    public static RawSocket login(TestNode node, String user, String... channels) throws IOException {
        return login(node, user, 0, channels);
    }

    /** The same with a receive buffer of a few bytes, or 0 for the system's. */
    public static RawSocket login(TestNode node, String user, int receiveBufferBytes, String... channels)
            throws IOException {
        RawSocket raw = new RawSocket(node.port(), receiveBufferBytes).opened();
        JsonArray subscribe = new JsonArray();
        for (String channel : channels) {
            subscribe.add(new JsonObject().put("channel", channel));
        }
        raw.text(new JsonObject()
                .put("type", "auth")
                .put("id", 1)
                .put("token", node.token(user))
                .put("subscribe", subscribe)
                .encode());
        raw.next("auth_success");
        return raw;
    }

    /** Asks for a WebSocket on {@code /ws}, with further headers, and returns the head of the response. */
    public String handshake(String... headers) throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "GET /ws HTTP/1.1",
                "Host: localhost",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
        lines.addAll(List.of(headers));
        return request(lines.toArray(String[]::new));
    }

    private RawSocket opened() throws IOException {
        String head = handshake();
        if (!head.startsWith("HTTP/1.1 101 ")) {
            throw new AssertionError(head);
        }
        return this;
    }

    /** Sends a request's head and returns the response's. */
    public String request(String... lines) throws IOException {
        send((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        return head();
    }

    /** The head of a response. */
    public String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            head.append((char) in.readUnsignedByte());
        }
        return head.toString();
    }

    /** Has reads fail with {@link java.net.SocketTimeoutException} after so long. */
    public void patience(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    public void send(byte[]... parts) throws IOException {
        OutputStream out = socket.getOutputStream();
        for (byte[] part : parts) {
            out.write(part);
        }
        out.flush();
    }

    /**
     * Sends something and returns all that comes, until the end or a moment's silence.
     *
     * @param surely whether something must come, if only the end, and is waited for
     */
    public String exchange(byte[] request, boolean surely) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try {
            send(request);
            socket.setSoTimeout(surely ? PATIENCE_MILLIS : SILENCE_MILLIS);
            for (int next = in.read(); next >= 0; next = in.read()) {
                answer.write(next);
                socket.setSoTimeout(SILENCE_MILLIS);
            }
        } catch (SocketException | SocketTimeoutException over) {
            // It was cut, or waits for more.
        }
        return answer.toString(StandardCharsets.ISO_8859_1);
    }

    /** Sends byte after byte, a moment between each, until the other end has had enough; returns what that then said. */
    public String drip(byte[] bytes) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        socket.setSoTimeout(DRIP_MILLIS);
        for (byte next : bytes) {
            try {
                send(new byte[] {next});
                for (int said = in.read(); said >= 0; said = in.read()) {
                    answer.write(said);
                }
                return answer.toString(StandardCharsets.ISO_8859_1);
            } catch (SocketTimeoutException more) {
                // It still waits.
            } catch (SocketException cut) {
                return answer.toString(StandardCharsets.ISO_8859_1);
            }
        }
        throw new AssertionError("it waits for ever");
    }

    public void text(String text) throws IOException {
        send(frame(FINAL | TEXT, text.getBytes(StandardCharsets.UTF_8)));
    }

    /** @param first the frame's first byte: flags and opcode */
    public static byte[] frame(int first, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(header(first, payload.length));
        for (int i = 0; i < payload.length; i++) {
            out.write(payload[i] ^ MASK[i % MASK.length]);
        }
        return out.toByteArray();
    }

    /** The head of a masked frame that claims to be of some length. */
    public static byte[] header(int first, long length) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first);
        if (length >= 0 && length <= 125) {
            out.write(0x80 | (int) length);
        } else if (length > 0 && length <= 0xffff) {
            out.write(0x80 | 126);
            out.write((int) (length >> 8));
            out.write((int) length);
        } else {
            out.write(0x80 | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                out.write((int) (length >> shift));
            }
        }
        out.writeBytes(MASK);
        return out.toByteArray();
    }

    public Frame read() throws IOException {
        int first = in.readUnsignedByte();
        long length = in.readUnsignedByte();
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        byte[] payload = new byte[Math.toIntExact(length)];
        in.readFully(payload);
        return new Frame(first & 0xf, payload);
    }

    /** The next frame of a type; others are passed over for good. */
    public JsonObject next(String type) throws IOException {
        while (true) {
            Frame frame = read();
            if (frame.opcode() == CLOSE) {
                throw new AssertionError("no " + type + ", closed with " + frame.closeCode());
            }
            JsonObject json = new JsonObject(frame.text());
            if (type.equals(json.getString("type"))) {
                return json;
            }
        }
    }

    /** Reads to the close frame, answers it, and reads to the end of TCP, before which nothing more may come. */
    public int closeCode() throws IOException {
        Frame frame = read();
        while (frame.opcode() != CLOSE) {
            frame = read();
        }
        send(frame(FINAL | CLOSE, frame.payload()));
        if (in.read() >= 0) {
            throw new AssertionError("something came after the close frame");
        }
        return frame.closeCode();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
