package dev.carillon.it.chaos.client;

import io.vertx.core.Context;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a node, from the attempt on. Answers pings, and gives itself up when nothing is heard for longer
 * than a living node is silent. Confined to its context, which its owner's calls must come from.
 */
final class Link {
    /** Time until {@code auth_success}; a frozen node takes TCP connections and says nothing. */
    private static final long OPENING_MS = 5000;

    private static final long LOOK_EVERY_MS = 500;
    private static final int GIVEN_UP = 0;
    private static final int NO_STATUS = 1006;

    final int place;
    final long begunAt;
    private final Surroundings around;
    private final Owner owner;
    private final long watch;
    private @Nullable WebSocket socket;
    private boolean open;
    private boolean over;
    private boolean reads = true;
    private long heardAt;
    private long silenceNanos = TimeUnit.MILLISECONDS.toNanos(OPENING_MS);
    private long commands = 1;

    /** Whoever opened the link. */
    interface Owner {
        /** The node believed the token. */
        void opened(Link link, Frame success);

        /** Anything else that is not about liveness. */
        void frame(Link link, Frame frame);

        /** It is over, or never came to be; called once, and nothing after it. */
        void closed(Link link, int code);
    }

    /** Begins to connect; {@code subscribe} goes with the token. */
    Link(Surroundings around, Context context, Owner owner, String user, int place, JsonArray subscribe) {
        this.around = around;
        this.owner = owner;
        this.place = place;
        begunAt = around.clock().getAsLong();
        heardAt = begunAt;
        watch = around.vertx().setPeriodic(LOOK_EVERY_MS, tick -> look());
        var address = around.nodes().address(place);
        around.sockets()
                .connect(new WebSocketConnectOptions()
                        .setHost(address.host())
                        .setPort(address.port())
                        .setURI("/ws"))
                .onComplete(
                        connected -> context.runOnContext(now -> connected(connected, user, subscribe)),
                        cause -> context.runOnContext(now -> end(NO_STATUS)));
    }

    private void connected(WebSocket connected, String user, JsonArray subscribe) {
        if (over) {
            connected.close().onFailure(gone -> {});
            return;
        }
        socket = connected;
        connected.textMessageHandler(this::read);
        connected.exceptionHandler(broken -> {});
        connected.closeHandler(gone -> {
            Short code = connected.closeStatusCode();
            end(code == null ? NO_STATUS : code);
        });
        send(new JsonObject()
                .put("type", "auth")
                .put("id", 1)
                .put("token", around.tokens().apply(user))
                .put("subscribe", subscribe));
    }

    private void read(String text) {
        if (over) {
            return;
        }
        heardAt = around.clock().getAsLong();
        Frame frame = Frame.of(text);
        switch (frame.type) {
            case "ping" -> send(new JsonObject().put("type", "pong"));
            case "pong" -> {}
            case "auth_success" -> {
                open = true;
                silenceNanos = TimeUnit.MILLISECONDS.toNanos(frame.silenceMs);
                owner.opened(this, frame);
            }
            default -> owner.frame(this, frame);
        }
    }

    private void look() {
        if (reads && around.clock().getAsLong() - heardAt > silenceNanos) {
            drop(GIVEN_UP);
        }
    }

    /** Ends it; the owner is told at once. */
    void drop(int code) {
        WebSocket there = socket;
        end(code);
        if (there != null) {
            there.close().onFailure(gone -> {});
        }
    }

    private void end(int code) {
        if (!over) {
            over = true;
            around.vertx().cancelTimer(watch);
            owner.closed(this, code);
        }
    }

    /** Takes a shorter silence for death, for one that asks for pongs. */
    void expectWithin(long silenceMs) {
        silenceNanos = TimeUnit.MILLISECONDS.toNanos(silenceMs);
    }

    void send(JsonObject frame) {
        WebSocket there = socket;
        // The socket may be closed and its handler not yet called.
        if (there != null && !over && !there.isClosed()) {
            there.writeTextMessage(frame.encode()).onFailure(gone -> {});
        }
    }

    /** A number that no command of this connection had. */
    long nextCommand() {
        return ++commands;
    }

    /** Whether the node believed the token, be it over since. */
    boolean wasOpened() {
        return open;
    }

    long heardAt() {
        return heardAt;
    }

    /** Stops reading what comes, or begins again. */
    void read(boolean on) {
        WebSocket there = socket;
        if (there == null || reads == on) {
            return;
        }
        reads = on;
        if (on) {
            heardAt = around.clock().getAsLong();
            there.resume();
        } else {
            there.pause();
        }
    }
}
