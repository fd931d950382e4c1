package dev.carillon.transport.http;

import dev.carillon.transport.TcpChannel;
import io.netty.channel.Channel;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.ContextInternal;

/**
 * One response that carries a session's frames for as long as the network lets it. It may belong to another event loop
 * than the session: writes go there, their outcomes come back. Called on the session's loop, but for {@link #begin}.
 */
final class Carrier {
    /** How long an end waits for a client that does not read. */
    private static final long END_BOUND_MILLIS = 2000;

    /** What some proxies gather before they pass on the first byte. */
    private static final String PADDING = ":" + " ".repeat(2048) + "\n\n";

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Context own;
    private final Context home;
    private long underWay;
    private boolean idle;

    /**
     * @param own the context of the request
     * @param home the context of the session
     */
    Carrier(HttpServerRequest request, Context own, Context home) {
        this.request = request;
        this.response = request.response();
        this.own = own;
        this.home = home;
    }

    /** Writes the head, on the request's own loop. */
    void begin() {
        TcpChannel.boundUnsent(TcpChannel.of(request));
        response.setChunked(true)
                .putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store, no-transform")
                .putHeader("X-Accel-Buffering", "no")
                .write(PADDING);
    }

    /** Tells, at home, that the response has ended; perhaps at once. */
    void onEnd(Runnable ended) {
        on(own, () -> {
            response.closeHandler(closed -> on(home, ended));
            response.exceptionHandler(failed -> on(home, ended));
            if (response.closed()) {
                on(home, ended);
            }
        });
    }

    /** Bytes that the socket has not taken yet. */
    long underWay() {
        return underWay;
    }

    /** @param written told of the outcome, at home */
    void write(Buffer events, Handler<AsyncResult<Void>> written) {
        idle = false;
        underWay += events.length();
        on(
                own,
                () -> response.write(events)
                        .onComplete(done -> on(home, () -> {
                            underWay -= events.length();
                            written.handle(done);
                        })));
    }

    /** Whether nothing was written since it was last asked. */
    boolean wasIdle() {
        boolean was = idle;
        idle = true;
        return was;
    }

    /** Writes the last of it; a client that does not read is cut off. */
    void end(Buffer events) {
        on(own, () -> {
            Future<Void> ended = response.end(events);
            long late = own.owner().setTimer(END_BOUND_MILLIS, timer -> cut());
            ended.onComplete(done -> {
                boolean unused = own.owner().cancelTimer(late);
            });
        });
    }

    private void cut() {
        Channel channel = TcpChannel.of(request);
        if (channel != null) {
            TcpChannel.cut(channel);
        } else {
            boolean unused = response.reset().succeeded();
        }
    }

    private static void on(Context context, Runnable task) {
        if (((ContextInternal) context).nettyEventLoop().inEventLoop()) {
            task.run();
        } else {
            context.runOnContext(now -> task.run());
        }
    }
}
