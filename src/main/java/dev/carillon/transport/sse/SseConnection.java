package dev.carillon.transport.sse;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Publication;
import dev.carillon.channel.Turn;
import dev.carillon.channel.WireForm;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ServerFrame;
import dev.carillon.session.Connection;
import dev.carillon.session.Session;
import dev.carillon.transport.TcpChannel;
import io.netty.channel.Channel;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One response that does not end. Its head is written when the session has said yes to the client and to every channel
 * it asked for, so that a refusal is an HTTP status. Confined to the event loop of its request.
 */
final class SseConnection extends Connection {
    /** How long a close waits for a client that does not read. */
    private static final long CLOSE_BOUND_MILLIS = 2000;

    /** A browser comes back after 1 to 5 s: a node's end must not bring every client back at once. */
    private static final int MIN_RETRY_MILLIS = 1000;

    private static final int MAX_RETRY_MILLIS = 5000;

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Context context;
    private final SseRequest asked;
    private final int maxQueuedBytes;
    private final SsePositions positions;
    private @Nullable Session session;
    private Buffer queue = Buffer.buffer();
    private long batchBytes;
    private long waitingBytes;
    private boolean streaming;
    private boolean over;

    SseConnection(HttpServerRequest request, Context context, SseRequest asked, int maxQueuedBytes) {
        this.request = request;
        this.response = request.response();
        this.context = context;
        this.asked = asked;
        this.maxQueuedBytes = maxQueuedBytes;
        this.positions = new SsePositions(asked.channels());
    }

    void begin(Session session) {
        this.session = session;
        response.closeHandler(closed -> gone());
        response.exceptionHandler(failed -> gone());
        if (over) {
            gone();
        } else {
            session.receive(asked.auth());
        }
    }

    @Override
    public WireForm form() {
        return SseWire.FORM;
    }

    @Override
    public void write(Turn turn) {
        for (byte[] event : turn.frames()) {
            enqueue(positions.follow(event));
        }
    }

    @Override
    public void flush() {
        if (streaming && !over && queue.length() > 0) {
            Future<Void> unused = writeOut();
        }
    }

    @Override
    public void positionLost(ChannelName channel) {
        close(CloseCode.POSITION_LOST);
    }

    @Override
    public void send(ServerFrame frame) {
        if (over) {
            return;
        }
        if (frame instanceof ServerFrame.AuthSuccess success) {
            authenticated(success);
        } else if (frame instanceof ServerFrame.AuthError error) {
            if (!streaming) {
                refuse(SseStatus.of(error.code()), error.code().code(), error.error(), "");
            }
        } else if (frame instanceof ServerFrame.Ping) {
            heartbeat();
        } else if (frame instanceof ServerFrame.Subscribed subscribed) {
            // The server did it.
            subscribed(subscribed);
        } else if (frame instanceof ServerFrame.Unsubscribed unsubscribed) {
            post(SseWire.event("unsubscribed", unsubscribed));
        } else if (frame instanceof ServerFrame.Reconnect reconnect) {
            post(SseWire.event("reconnect", reconnect));
        } else if (frame instanceof ServerFrame.Error error) {
            failed(error);
        }
        // The rest answers commands, and this client sends none.
    }

    @Override
    public void close(CloseCode code) {
        if (over) {
            return;
        }
        closesWith(code.code());
        if (!streaming) {
            refuse(SseStatus.of(code), code.code(), code.reason(), "");
            return;
        }
        if (code != CloseCode.TOO_SLOW) {
            enqueue(Buffer.buffer(SseWire.event("close", closed(code))));
        }
        endStream();
    }

    @Override
    public String transport() {
        return "sse";
    }

    private void authenticated(ServerFrame.AuthSuccess success) {
        if (!success.refused().isEmpty()) {
            failed(success.refused().get(0));
            return;
        }
        start();
        for (ServerFrame.Subscribed subscribed : success.subscriptions()) {
            subscribed(subscribed);
        }
        flush();
    }

    private void start() {
        streaming = true;
        response.setChunked(true)
                .putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Accel-Buffering", "no");
        // What the hub brought before the session's word follows the head.
        int retry = ThreadLocalRandom.current().nextInt(MIN_RETRY_MILLIS, MAX_RETRY_MILLIS);
        queue = Buffer.buffer("retry: " + retry + "\n\n").appendBuffer(queue);
    }

    // The missed messages come as events of their own, each with its id; then the id where the stream goes on.
    private void subscribed(ServerFrame.Subscribed subscribed) {
        post(SseWire.event(
                "subscribed",
                new ServerFrame.Subscribed(
                        0, subscribed.channel(), subscribed.position(), subscribed.recovered(), List.of())));
        for (Publication missed : subscribed.messages()) {
            recovered(positions.follow(SseWire.FORM.encode(missed)));
        }
        if (asked.channels().contains(subscribed.channel())) {
            positions.moveTo(subscribed.channel(), subscribed.position());
            String id = positions.line();
            if (id != null) {
                enqueue(Buffer.buffer(id + "\n"));
            }
        }
        flush();
    }

    private void failed(ServerFrame.Error error) {
        if (streaming) {
            post(SseWire.event("refused", error));
        } else {
            refuse(SseStatus.of(error.code()), error.code(), error.error(), error.channel());
        }
    }

    // A client cannot answer; that the socket took the bytes is all the life there is to see.
    private void heartbeat() {
        if (streaming && waitingBytes == 0) {
            enqueue(Buffer.buffer(SseWire.HEARTBEAT));
            writeOut().onSuccess(written -> {
                Session alive = session;
                if (alive != null) {
                    alive.alive();
                }
            });
        }
    }

    private void post(byte[] event) {
        enqueue(Buffer.buffer(event));
        flush();
    }

    private void enqueue(Buffer event) {
        if (over) {
            return;
        }
        if (waitingBytes + event.length() > maxQueuedBytes) {
            queue = Buffer.buffer();
            close(CloseCode.TOO_SLOW);
            return;
        }
        waitingBytes += event.length();
        batchBytes += event.length();
        queue.appendBuffer(event);
    }

    // Bounded by the recovery limit, and no sign of a slow client: it is not counted.
    private void recovered(Buffer event) {
        if (!over) {
            queue.appendBuffer(event);
        }
    }

    private Future<Void> writeOut() {
        Buffer events = queue;
        long bytes = batchBytes;
        queue = Buffer.buffer();
        batchBytes = 0;
        return response.write(events).onComplete(written -> waitingBytes -= bytes);
    }

    private void endStream() {
        over = true;
        Future<Void> ended = queue.length() == 0 ? response.end() : response.end(queue);
        queue = Buffer.buffer();
        long late = context.owner().setTimer(CLOSE_BOUND_MILLIS, timer -> abort());
        ended.onComplete(written -> {
            if (context.owner().cancelTimer(late)) {
                gone();
            }
        });
    }

    private void abort() {
        Channel channel = TcpChannel.of(request);
        if (channel != null) {
            TcpChannel.cut(channel);
        } else {
            response.reset();
        }
        gone();
    }

    private void refuse(int status, int code, String error, String channel) {
        over = true;
        SseStatus.refuse(response, status, code, error, channel);
        // The session is in the middle of telling this.
        context.runOnContext(told -> gone());
    }

    private void gone() {
        over = true;
        Session ended = session;
        session = null;
        if (ended != null) {
            ended.closed();
        }
    }

    private static byte[] closed(CloseCode code) {
        return new JsonObject()
                .put("type", "close")
                .put("code", code.code())
                .put("reason", code.reason())
                .toBuffer()
                .getBytes();
    }
}
