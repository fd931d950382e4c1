package dev.carillon.testing;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A client that moves when its node asks it to, as the protocol says: it connects elsewhere, recovers there from its
 * positions, and only then closes the old connection. What both bring counts once; what a connection brings out of order,
 * twice or not at all is kept as a fault.
 */
public final class MovingClient {
    private static final long PATIENCE_SECONDS = 60;

    private final Vertx vertx;
    private final String user;
    private final String token;
    private final List<String> channels;
    private final Supplier<List<Integer>> ports;
    private final Executor mover;

    /** By channel, what came, in order; the first is the one after where this client began. */
    private final Map<String, List<JsonObject>> messages = new HashMap<>();

    private final Map<String, String> epochs = new HashMap<>();
    private final Map<String, Long> offsets = new HashMap<>();
    private final List<JsonObject> changes = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private final List<Long> askedNanos = new ArrayList<>();
    private WsClient current;
    private int moves;

    /**
     * Connects to the node at a port.
     *
     * @param ports where nodes are now, for a move that names none, or one that has gone
     * @param mover does what waits
     */
    public MovingClient(
            Vertx vertx,
            int port,
            String user,
            String token,
            List<String> channels,
            Supplier<List<Integer>> ports,
            Executor mover) {
        this.vertx = vertx;
        this.user = user;
        this.token = token;
        this.channels = List.copyOf(channels);
        this.ports = ports;
        this.mover = mover;
        current = connect(port);
    }

    private WsClient connect(int port) {
        WsClient client = WsClient.login(vertx, port, token, positions());
        Map<String, Long> reached = new HashMap<>();
        client.onFrame(frame -> heard(frame, reached));
        return client;
    }

    private synchronized JsonArray positions() {
        JsonArray positions = new JsonArray();
        for (String channel : channels) {
            JsonObject position = new JsonObject().put("channel", channel);
            if (offsets.containsKey(channel)) {
                position.put("epoch", epochs.get(channel)).put("offset", offsets.get(channel));
            }
            positions.add(position);
        }
        return positions;
    }

    private synchronized void heard(JsonObject frame, Map<String, Long> reached) {
        switch (frame.getString("type")) {
            case "auth_success" ->
                frame.getJsonArray("subscriptions").forEach(one -> subscribed((JsonObject) one, reached));
            case "message" -> message(frame.getString("channel"), frame, reached);
            case "join", "leave" -> changes.add(frame);
            case "reconnect" -> {
                askedNanos.add(System.nanoTime());
                mover.execute(() -> move(frame.getString("url", "")));
            }
            case "error" -> {
                if (!frame.getBoolean("temporary")) {
                    faults.add(user + " was told " + frame);
                }
            }
            default -> {}
        }
    }

    private void subscribed(JsonObject subscribed, Map<String, Long> reached) {
        String channel = subscribed.getString("channel");
        if (!channels.contains(channel)) {
            return;
        }
        String epoch = subscribed.getString("epoch");
        String before = epochs.put(channel, epoch);
        if (before == null) {
            offsets.put(channel, subscribed.getLong("offset"));
        } else if (!before.equals(epoch) || !subscribed.getBoolean("recovered")) {
            faults.add(user + " could not recover " + channel + " from " + offsets.get(channel) + ": " + subscribed);
        }
        JsonArray missed = subscribed.getJsonArray("messages");
        reached.put(channel, subscribed.getLong("offset") - missed.size());
        missed.forEach(one -> message(channel, (JsonObject) one, reached));
    }

    private void message(String channel, JsonObject message, Map<String, Long> reached) {
        if (!channels.contains(channel)) {
            return;
        }
        long offset = message.getLong("offset");
        Long last = reached.put(channel, offset);
        if (last == null || offset != last + 1) {
            faults.add(user + " got " + offset + " of " + channel + " after " + last + " on one connection");
        }
        long here = offsets.get(channel);
        if (offset > here + 1) {
            faults.add(user + " misses " + channel + " from " + (here + 1) + " to " + (offset - 1));
        }
        if (offset > here) {
            offsets.put(channel, offset);
            messages.computeIfAbsent(channel, name -> new ArrayList<>()).add(message);
        }
    }

    private void move(String url) {
        List<Integer> tries = new ArrayList<>();
        if (!url.isEmpty()) {
            tries.add(URI.create(url).getPort());
        }
        tries.addAll(ports.get());
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        for (int i = 0; ; i++) {
            try {
                WsClient next = connect(tries.get(i % tries.size()));
                WsClient old;
                synchronized (this) {
                    old = current;
                    current = next;
                    moves++;
                }
                old.close();
                return;
            } catch (AssertionError | RuntimeException e) {
                if (System.nanoTime() > deadline) {
                    synchronized (this) {
                        faults.add(user + " found no node to move to: " + e);
                    }
                    return;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }

    /** The connection that is used now. */
    public synchronized WsClient current() {
        return current;
    }

    public String user() {
        return user;
    }

    public List<String> channels() {
        return channels;
    }

    /** The position in a channel. */
    public synchronized long offset(String channel) {
        return offsets.get(channel);
    }

    /** The data of a channel's messages, in order. */
    public synchronized List<Object> data(String channel) {
        return messages.getOrDefault(channel, List.of()).stream()
                .map(message -> message.getValue("data"))
                .toList();
    }

    /** Joins and leaves, as they came; those that two connections brought are there twice. */
    public synchronized List<JsonObject> changes() {
        return List.copyOf(changes);
    }

    /** What must not be. */
    public synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    /** When it was asked to move, {@link System#nanoTime()}. */
    public synchronized List<Long> askedNanos() {
        return List.copyOf(askedNanos);
    }

    public synchronized int moves() {
        return moves;
    }

    public void close() {
        current().close();
    }
}
