package dev.carillon.transport.sse;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Publication;
import dev.carillon.channel.Turn;
import dev.carillon.channel.WireForm;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ServerFrame;
import dev.carillon.session.BoundedConnection;
import dev.carillon.session.Session;
import dev.carillon.session.SlowConsumers;
import dev.carillon.transport.EventText;
import dev.carillon.transport.HttpStatus;
import dev.carillon.transport.TcpChannel;
import io.netty.channel.Channel;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One response that does not end. Its head is written when the session has said yes to the client and to every channel
 * it asked for, so that a refusal is an HTTP status. Confined to the event loop of its request.
 */
final class SseConnection extends BoundedConnection {
    /** How long a close waits for a client that does not read. */
    private static final long CLOSE_BOUND_MILLIS = 2000;

    /** A browser comes back after 1 to 5 s: a node's end must not bring every client back at once. */
    private static final int MIN_RETRY_MILLIS = 1000;

    private static final int MAX_RETRY_MILLIS = 5000;

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Context context;
    private final SseRequest asked;
    private final int maxUnderWayBytes;
    private final SsePositions positions;
    private @Nullable Session session;
    private Buffer queue = Buffer.buffer();
    private long batchBytes;
    private long waitingBytes;
    private boolean streaming;
    private boolean over;

    SseConnection(HttpServerRequest request, Context context, SseRequest asked, SlowConsumers slow) {
        super(slow);
        this.request = request;
        this.response = request.response();
        this.context = context;
        this.asked = asked;
        this.maxUnderWayBytes = slow.maxUnderWayBytes();
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
    protected boolean isOpen() {
        return !over;
    }

    @Override
    protected boolean takes() {
        return !over && waitingBytes < maxUnderWayBytes;
    }

    @Override
    protected void put(Turn turn) {
        turn.frames().forEach(this::enqueue);
    }

    @Override
    protected void put(List<byte[]> events) {
        events.forEach(this::enqueue);
        flush();
    }

    @Override
    protected void later(Runnable task) {
        context.runOnContext(now -> task.run());
    }

    @Override
    protected void endTooSlow() {
        queue = Buffer.buffer();
        close(CloseCode.TOO_SLOW);
    }

    @Override
    public void flush() {
        if (streaming && !over && queue.length() > 0) {
            writeOut();
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
                refuse(HttpStatus.of(error.code()), error.code().code(), error.error(), "");
            }
        } else if (frame instanceof ServerFrame.Ping) {
            heartbeat();
        } else if (frame instanceof ServerFrame.Subscribed subscribed) {
            // The server did it.
            events(subscribed).forEach(this::post);
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
            refuse(HttpStatus.of(code), code.code(), code.reason(), "");
            return;
        }
        if (code != CloseCode.TOO_SLOW) {
            // What was said at the start may be long ago, and a proxy in between may have said another.
            enqueue(Buffer.buffer("retry: " + retryMillis() + "\n")
                    .appendBytes(SseWire.event("close", closed(code)))
                    .getBytes());
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
        // All that was missed goes out as one: it is bounded by the recovery limit, and no sign of a slow client.
        List<byte[]> events = new ArrayList<>();
        success.subscriptions().forEach(subscribed -> events.addAll(events(subscribed)));
        put(events);
    }

    private void start() {
        streaming = true;
        TcpChannel.boundUnsent(TcpChannel.of(request));
        response.setChunked(true)
                .putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Accel-Buffering", "no");
        // What the hub brought before the session's word follows the head.
        queue = Buffer.buffer("retry: " + retryMillis() + "\n\n").appendBuffer(queue);
    }

    private static int retryMillis() {
        return ThreadLocalRandom.current().nextInt(MIN_RETRY_MILLIS, MAX_RETRY_MILLIS);
    }

    // The missed messages come as events of their own, each with its id; then the id where the stream goes on.
    private List<byte[]> events(ServerFrame.Subscribed subscribed) {
        ServerFrame.Subscribed position = new ServerFrame.Subscribed(
                0, subscribed.channel(), subscribed.position(), subscribed.recovered(), List.of());
        List<byte[]> events = new ArrayList<>(subscribed.messages().size() + 2);
        events.add(SseWire.event("subscribed", position));
        for (Publication missed : subscribed.messages()) {
            events.add(SseWire.FORM.encode(missed));
        }
        if (asked.channels().contains(subscribed.channel())) {
            events.add(SseWire.standing(subscribed.channel(), subscribed.position()));
        }
        return events;
    }

    private void failed(ServerFrame.Error error) {
        if (streaming) {
            post(SseWire.event("refused", error));
        } else {
            refuse(HttpStatus.of(error.code()), error.code(), error.error(), error.channel());
        }
    }

    private void heartbeat() {
        if (streaming && waitingBytes == 0 && !hasBacklog()) {
            enqueue(EventText.HEARTBEAT);
            flush();
        }
    }

    // A client cannot answer; that the socket took bytes is all the life there is to see.
    private void alive() {
        Session alive = session;
        if (alive != null) {
            alive.alive();
        }
    }

    private void post(byte[] event) {
        if (takesAlone()) {
            enqueue(event);
            flush();
        } else {
            await(event);
        }
    }

    private void enqueue(byte[] event) {
        if (!over && event.length > 0) {
            Buffer followed = positions.follow(event);
            waitingBytes += followed.length();
            batchBytes += followed.length();
            queue.appendBuffer(followed);
        }
    }

    private void writeOut() {
        Buffer events = queue;
        long bytes = batchBytes;
        queue = Buffer.buffer();
        batchBytes = 0;
        response.write(events).onSuccess(written -> alive()).onComplete(written -> {
            waitingBytes -= bytes;
            drainSoon();
        });
    }

    private void endStream() {
        over = true;
        forgetBacklog();
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
        HttpStatus.refuse(response, status, code, error, channel);
        // The session is in the middle of telling this.
        context.runOnContext(told -> gone());
    }

    private void gone() {
        over = true;
        forgetBacklog();
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
