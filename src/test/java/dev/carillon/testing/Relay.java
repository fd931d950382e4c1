package dev.carillon.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP relay on loopback that a test puts in front of a port, to hold traffic up or to break it off. What it has read
 * and not passed on, and what the kernel still has for it, is lost with a {@link #reset}. Safe on any thread.
 */
public final class Relay implements AutoCloseable {
    private static final int CHUNK_BYTES = 64 * 1024;
    private static final long LOOK_AGAIN_MILLIS = 10;

    private final ServerSocket server;
    private final int target;
    private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
    private final Object gate = new Object();
    private boolean paused;
    private long held;

    private record Pair(Socket client, Socket server) {
        /** Both ends learn of it at once, by RST. */
        void reset() {
            abort(client);
            abort(server);
        }

        private static void abort(Socket socket) {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                // It has ended by itself.
            }
        }
    }

    private Relay(int target) throws IOException {
        this.target = target;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("accept", this::accept);
    }

    /** A relay on a free port that passes everything on to a port of this machine. */
    public static Relay to(int target) {
        try {
            return new Relay(target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where those connect who are to come through here. */
    public int port() {
        return server.getLocalPort();
    }

    /** From now on nothing is passed on, in either direction; soon those who write notice that nobody reads. */
    public void pause() {
        synchronized (gate) {
            paused = true;
        }
    }

    /** Passes on what was held, and what follows. */
    public void resume() {
        synchronized (gate) {
            paused = false;
            gate.notifyAll();
        }
    }

    /** Breaks all connections off, with all that is under way in them. New ones are relayed as before. */
    public void reset() {
        pairs.forEach(Pair::reset);
        synchronized (gate) {
            gate.notifyAll();
        }
    }

    /** Bytes that were read and are held while paused; at most 64 KiB of each connection and direction. */
    public long heldBytes() {
        synchronized (gate) {
            return held;
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reset();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                connect(server.accept());
            } catch (IOException e) {
                // Closed, or the target is not there: whoever came is sent away.
            }
        }
    }

    private void connect(Socket client) throws IOException {
        Socket onward = new Socket();
        try {
            onward.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
        } catch (IOException e) {
            client.close();
            throw e;
        }
        client.setTcpNoDelay(true);
        onward.setTcpNoDelay(true);
        Pair pair = new Pair(client, onward);
        pairs.add(pair);
        start("in", () -> pump(pair, client, onward));
        start("out", () -> pump(pair, onward, client));
    }

    private void pump(Pair pair, Socket from, Socket to) {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                count += whilePaused(from, in, chunk, count);
                out.write(chunk, 0, count);
            }
        } catch (IOException e) {
            // One of the two was reset; so will be the other.
        } finally {
            pairs.remove(pair);
            pair.reset();
        }
    }

    /** Reads on as far as the chunk goes, and holds that until it may be passed on; returns how much more it is. */
    private int whilePaused(Socket from, InputStream in, byte[] chunk, int count) throws IOException {
        int more = 0;
        synchronized (gate) {
            held += count;
            try {
                while (paused && !from.isClosed()) {
                    int room = Math.min(in.available(), chunk.length - count - more);
                    if (room > 0) {
                        int read = in.read(chunk, count + more, room);
                        held += read;
                        more += read;
                    } else {
                        gate.wait(LOOK_AGAIN_MILLIS);
                    }
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            } finally {
                held -= count + more;
            }
        }
        return more;
    }

    private void start(String name, Runnable work) {
        Thread thread = new Thread(work, "relay-" + server.getLocalPort() + "-" + name);
        thread.setDaemon(true);
        thread.start();
    }
}
