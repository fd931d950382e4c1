package dev.carillon.transport.sockjs;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Turn;
import dev.carillon.channel.WireForm;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ServerFrame;
import dev.carillon.session.BoundedConnection;
import dev.carillon.session.SlowConsumers;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A SockJS session that is carried by one HTTP request after another. Confined to its own event loop, which can be
 * another than that of the request which carries it at the moment. What is written in a turn goes out together, in one
 * SockJS frame.
 */
final class RequestsConnection extends BoundedConnection implements BridgeConnection {
    private static final Logger LOG = LoggerFactory.getLogger(RequestsConnection.class);

    /** How long a close waits for what was written before it, and then for the peer. */
    private static final long CLOSE_BOUND_MILLIS = 2000;

    private final SockJSSocket socket;
    private final ContextInternal context;
    private final ContextInternal writing;
    private final int maxUnderWayBytes;
    private final List<byte[]> queue = new ArrayList<>();
    private @Nullable BridgeDialogue dialogue;
    private Future<Void> lastWrite = Future.succeededFuture();
    private long batchBytes;
    private long waitingBytes;
    private boolean closing;
    private boolean finished;

    /** @param context the current one, in the socket's handler */
    RequestsConnection(SockJSSocket socket, ContextInternal context, SlowConsumers slow) {
        super(slow);
        this.socket = socket;
        this.context = context;
        // On a context that is not the socket's own, SockJS gathers writes and sends them in its next task.
        this.writing = context.duplicate();
        this.maxUnderWayBytes = slow.maxUnderWayBytes();
    }

    /** Before the session opens. */
    void speakWith(BridgeDialogue dialogue) {
        this.dialogue = dialogue;
        socket.handler(data -> received(dialogue, data));
        socket.exceptionHandler(this::broken);
        socket.closeHandler(gone -> gone());
    }

    @Override
    public boolean isRaw() {
        return false;
    }

    @Override
    public boolean isClosing() {
        return closing;
    }

    @Override
    public void post(byte[] message) {
        if (takesAlone()) {
            enqueue(message);
            flush();
        } else {
            await(message);
        }
    }

    @Override
    public void recover(List<byte[]> messages) {
        if (takesAlone()) {
            put(messages);
        } else {
            messages.forEach(this::await);
        }
    }

    // If something waits, its being taken is told of anyhow.
    @Override
    public void whenTaken(Runnable task) {
        if (waitingBytes == 0 && !hasBacklog()) {
            later(task);
        }
    }

    @Override
    public WireForm form() {
        return BridgeWire.FORM;
    }

    @Override
    protected boolean isOpen() {
        return !closing;
    }

    @Override
    protected boolean takes() {
        return !closing && waitingBytes < maxUnderWayBytes;
    }

    @Override
    protected void put(Turn turn) {
        turn.frames().forEach(this::enqueue);
    }

    @Override
    protected void put(List<byte[]> messages) {
        messages.forEach(this::enqueue);
        flush();
    }

    @Override
    protected void later(Runnable task) {
        context.runOnContext(now -> task.run());
    }

    @Override
    protected void endTooSlow() {
        // No room is left for a word of farewell.
        queue.clear();
        end(CloseCode.TOO_SLOW);
    }

    @Override
    public void flush() {
        if (queue.isEmpty()) {
            return;
        }
        List<byte[]> messages = List.copyOf(queue);
        queue.clear();
        long bytes = batchBytes;
        batchBytes = 0;
        writing.dispatch(() -> {
            messages.forEach(message -> lastWrite = put(message));
            lastWrite.onComplete(written -> context.execute(bytes, this::taken));
        });
    }

    @Override
    public void positionLost(ChannelName channel) {
        close(CloseCode.POSITION_LOST);
    }

    @Override
    public void send(ServerFrame frame) {
        BridgeDialogue speaking = dialogue;
        if (speaking != null && !closing) {
            speaking.answer(frame);
        }
    }

    @Override
    public void close(CloseCode code) {
        if (closing) {
            return;
        }
        // What this turn brought goes out before the close.
        flush();
        forgetBacklog();
        enqueue(BridgeWire.err("", code.code(), BridgeWire.typeOf(code), code.reason()));
        flush();
        end(code);
    }

    @Override
    public String transport() {
        return "sockjs";
    }

    private void enqueue(byte[] message) {
        if (!closing && message.length > 0) {
            waitingBytes += message.length;
            batchBytes += message.length;
            queue.add(message);
        }
    }

    private void taken(long bytes) {
        waitingBytes -= bytes;
        BridgeDialogue speaking = dialogue;
        if (speaking != null) {
            speaking.taken();
        }
        drainSoon();
    }

    private Future<Void> put(byte[] message) {
        return socket.write(new String(message, StandardCharsets.UTF_8));
    }

    private void received(BridgeDialogue dialogue, Buffer data) {
        if (!closing) {
            dialogue.received(data.getBytes());
        }
    }

    // SockJS drops what it has not sent when it is closed, so that the close waits for it.
    private void end(CloseCode code) {
        closing = true;
        forgetBacklog();
        closesWith(code.code());
        writing.dispatch(() -> lastWrite.onComplete(written -> finish(code)));
        context.owner().setTimer(CLOSE_BOUND_MILLIS, late -> {
            finish(code);
            Carriers.abort(socket);
        });
    }

    private void finish(CloseCode code) {
        if (!finished) {
            finished = true;
            context.dispatch(() -> socket.close(code.code(), code.reason()));
        }
    }

    // Vert.x reports a message over the limit here, and would leave a socket open that nobody listens to.
    private void broken(Throwable cause) {
        LOG.debug("a bridge socket failed", cause);
        if (cause instanceof IllegalStateException) {
            close(CloseCode.TOO_BIG);
        }
    }

    private void gone() {
        closing = true;
        forgetBacklog();
        Carriers.closed(socket);
        queue.clear();
        BridgeDialogue ended = dialogue;
        if (ended != null) {
            ended.closed();
        }
    }
}
