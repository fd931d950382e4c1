package dev.carillon.it.chaos.client;

import dev.carillon.it.chaos.nodes.NodeSet.Address;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One of a crowd: logs in, answers pings and forgets the rest. It knows just enough of HTTP and WebSocket to cost little
 * next to what it does to a node. Confined to the thread of its selector, but for {@link #isThere}, which any may ask.
 */
final class CrowdMember {
    private static final byte[] PONG = masked("{\"type\":\"pong\"}");
    private static final byte[] SUCCESS = ascii("{\"type\":\"auth_success\"");
    private static final byte[] PING = ascii("{\"type\":\"ping\"");
    private static final String END_OF_HANDSHAKE = "\r\n\r\n";
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int MASK = 0x80;
    private static final int TWO_BYTES = 126;
    private static final int EIGHT_BYTES = 127;

    private enum State {
        AWAY,
        CONNECTING,
        UPGRADING,
        AUTHENTICATING,
        THERE
    }

    private final byte[] login;
    private final byte[] head = new byte[SUCCESS.length];
    private final ByteBuffer frameHeader = ByteBuffer.allocate(10);

    private volatile State state = State.AWAY;
    private @Nullable SocketChannel channel;
    private StringBuilder handshake = new StringBuilder();
    private long left;
    private int headLength;
    private boolean text;

    /** @param login the {@code auth} frame */
    CrowdMember(String login) {
        this.login = masked(login);
    }

    boolean isThere() {
        return state == State.THERE;
    }

    boolean isAway() {
        return state == State.AWAY;
    }

    /** @param number the attachment of its keys */
    void connect(Selector selector, int number, Address address) throws IOException {
        SocketChannel opened = SocketChannel.open();
        channel = opened;
        state = State.CONNECTING;
        opened.configureBlocking(false);
        opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
        opened.register(selector, SelectionKey.OP_CONNECT, number);
        opened.connect(new InetSocketAddress(address.host(), address.port()));
    }

    /** The socket is connected: asks for the upgrade. */
    void connected(SelectionKey key) throws IOException {
        SocketChannel there = (SocketChannel) key.channel();
        there.finishConnect();
        key.interestOps(SelectionKey.OP_READ);
        handshake = new StringBuilder();
        frameHeader.clear();
        left = 0;
        state = State.UPGRADING;
        write(
                there,
                ascii("GET /ws HTTP/1.1\r\nHost: node\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
    }

    /** Reads what there is. Throws if the connection is over. */
    void read(SocketChannel from, ByteBuffer buffer) throws IOException {
        buffer.clear();
        if (from.read(buffer) < 0) {
            throw new IOException("closed");
        }
        buffer.flip();
        if (state == State.UPGRADING) {
            upgrade(from, buffer);
        }
        while (state != State.UPGRADING && buffer.hasRemaining()) {
            frames(from, buffer);
        }
    }

    private void upgrade(SocketChannel on, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            handshake.append((char) buffer.get());
            if (handshake.length() >= END_OF_HANDSHAKE.length()
                    && handshake.indexOf(END_OF_HANDSHAKE, handshake.length() - END_OF_HANDSHAKE.length()) >= 0) {
                if (!handshake.toString().startsWith("HTTP/1.1 101")) {
                    throw new IOException(handshake.substring(0, handshake.indexOf("\r\n")));
                }
                state = State.AUTHENTICATING;
                write(on, login);
                return;
            }
        }
    }

    private void frames(SocketChannel on, ByteBuffer buffer) throws IOException {
        if (left == 0 && !begin(buffer)) {
            return;
        }
        int here = (int) Math.min(left, buffer.remaining());
        int kept = Math.min(here, head.length - headLength);
        buffer.get(buffer.position(), head, headLength, kept);
        headLength += kept;
        buffer.position(buffer.position() + here);
        left -= here;
        if (left == 0) {
            end(on);
        }
    }

    /** Reads the header of the next frame; whether it is complete. */
    private boolean begin(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            frameHeader.put(buffer.get());
            if (frameHeader.position() < 2) {
                continue;
            }
            int shortLength = frameHeader.get(1) & (MASK - 1);
            int header = shortLength == EIGHT_BYTES ? 10 : shortLength == TWO_BYTES ? 4 : 2;
            if (frameHeader.position() == header) {
                int opcode = frameHeader.get(0) & 0x0f;
                if (opcode == CLOSE) {
                    throw new IOException("closed by the node");
                }
                text = opcode == TEXT;
                left = shortLength == EIGHT_BYTES
                        ? frameHeader.getLong(2)
                        : shortLength == TWO_BYTES ? frameHeader.getShort(2) & 0xffff : shortLength;
                headLength = 0;
                frameHeader.clear();
                return true;
            }
        }
        return false;
    }

    private void end(SocketChannel on) throws IOException {
        if (text && begins(PING)) {
            write(on, PONG);
        } else if (text && state == State.AUTHENTICATING && begins(SUCCESS)) {
            state = State.THERE;
        }
    }

    private boolean begins(byte[] with) {
        return headLength >= with.length
                && ByteBuffer.wrap(head, 0, with.length).equals(ByteBuffer.wrap(with));
    }

    /** Ends the connection, as a broken network does. */
    void drop() {
        state = State.AWAY;
        SocketChannel there = channel;
        channel = null;
        if (there != null) {
            try {
                there.close();
            } catch (IOException e) {
                // It is over either way.
            }
        }
    }

    /** A frame always fits into an empty socket buffer. */
    private static void write(SocketChannel to, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        to.write(buffer);
        if (buffer.hasRemaining()) {
            throw new IOException("the node does not read");
        }
    }

    /** A text frame; the mask is 0, which leaves the bytes as they are. */
    private static byte[] masked(String json) {
        byte[] payload = json.getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 8).put((byte) 0x81);
        if (payload.length < TWO_BYTES) {
            frame.put((byte) (MASK | payload.length));
        } else {
            frame.put((byte) (MASK | TWO_BYTES)).putShort((short) payload.length);
        }
        frame.putInt(0).put(payload).flip();
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        return bytes;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
