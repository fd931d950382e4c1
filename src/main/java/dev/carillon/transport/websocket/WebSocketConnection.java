package dev.carillon.transport.websocket;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Turn;
import dev.carillon.channel.WireForm;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.session.BoundedConnection;
import dev.carillon.session.Session;
import dev.carillon.session.SlowConsumers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.Socket;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket: what is written to it, and how it ends. Confined to its event loop. A million of them may be idle, so
 * each holds as little as it can: no timer, and buffers only while something is under way.
 */
public abstract class WebSocketConnection extends BoundedConnection {
    /** RFC 6455: a close frame without a code. */
    private static final int NO_STATUS = 1005;

    private static final long CLOSE_SECONDS = 2;

    /** Pongs on their way to a client that does not read; of further pings only the last is remembered. */
    private static final int MAX_PONGS = 16;

    private static final byte[] NO_FRAMES = {};

    private enum State {
        OPEN,
        /** A close frame was sent; the client's is awaited. */
        CLOSING,
        /** Nothing more is sent or heeded; the client's end of TCP is awaited. */
        ENDING
    }

    private final Channel channel;
    private final WireForm form;

    /** Where turns can be sent to directly; null if they cannot. */
    private @Nullable Socket direct;

    private @Nullable Session session;
    private State state = State.OPEN;
    private boolean reading;
    private boolean flushing;
    private boolean sessionClosed;
    private int pongs;
    private byte @Nullable [] lastPing;

    /** @param form one of those of this kind of connection, plain or deflated; its frames are WebSocket frames */
    protected WebSocketConnection(Channel channel, SlowConsumers slow, WireForm form) {
        super(slow);
        this.channel = channel;
        this.form = form;
    }

    @Override
    public final WireForm form() {
        return form;
    }

    /** A whole message; text is UTF-8. To be overridden by what reads several at once, which the session counts each. */
    protected void received(boolean isText, byte[] message) {
        session().read(message.length);
        if (isOpen()) {
            message(isText, message);
        }
    }

    /** A message that is within the client's bounds. */
    protected abstract void message(boolean isText, byte[] message);

    /** Takes the session that this connection has been opened for, once the channel's pipeline is complete. */
    public void open(Session opened) {
        session = opened;
        direct = DirectSend.of(channel);
    }

    protected final Session session() {
        Session opened = session;
        if (opened == null) {
            throw new IllegalStateException("no session yet");
        }
        return opened;
    }

    protected final Channel channel() {
        return channel;
    }

    @Override
    protected final boolean isOpen() {
        return state == State.OPEN;
    }

    // A full queue gets one chance to drain, so that a burst does not make a backlog for a client that reads.
    @Override
    protected final boolean takes() {
        if (state != State.OPEN) {
            return false;
        }
        if (channel.isWritable()) {
            return true;
        }
        channel.flush();
        return channel.isWritable();
    }

    @Override
    protected final void put(Turn turn) {
        channel.write(turn.joined().retainedDuplicate(), channel.voidPromise());
    }

    @Override
    protected final boolean send(Turn turn) {
        Socket socket = direct;
        return socket != null && DirectSend.send(channel, socket, turn.joined());
    }

    @Override
    protected final void put(List<byte[]> frames) {
        int size = frames.stream().mapToInt(frame -> frame.length).sum();
        ByteBuf joined = channel.alloc().directBuffer(size, size);
        frames.forEach(joined::writeBytes);
        channel.writeAndFlush(joined, channel.voidPromise());
    }

    /** Netty's queue was emptied to half, or filled. */
    final void writabilityChanged() {
        if (channel.isWritable()) {
            drainSoon();
        }
    }

    @Override
    protected final void later(Runnable task) {
        channel.eventLoop().execute(task);
    }

    @Override
    public final void flush() {
        channel.flush();
    }

    /** Writes one frame, flushed when this burst of reading, or this task of the loop, is over. */
    final void writeFrame(int opcode, byte[] payload) {
        if (takesAlone()) {
            channel.write(WebSocketFrames.buffer(channel.alloc(), opcode, payload), channel.voidPromise());
            flushSoon();
        } else {
            await(WebSocketFrames.encoded(opcode, payload));
        }
    }

    /** The same for frames that are encoded already. */
    protected final void writeEncoded(byte[] frames) {
        if (takesAlone()) {
            channel.write(Unpooled.wrappedBuffer(frames), channel.voidPromise());
            flushSoon();
        } else {
            await(frames);
        }
    }

    @Override
    public final void positionLost(ChannelName name) {
        close(CloseCode.POSITION_LOST);
    }

    @Override
    public final void close(CloseCode code) {
        if (state != State.OPEN || !channel.isActive()) {
            return;
        }
        state = State.CLOSING;
        forgetBacklog();
        closesWith(code.code());
        sayFarewell(code);
        channel.writeAndFlush(WebSocketFrames.close(channel.alloc(), code), channel.voidPromise());
        abortLater();
    }

    /** Frames that go before the close frame, for clients that look for the reason elsewhere. */
    protected byte[] farewell(CloseCode code) {
        return NO_FRAMES;
    }

    private void sayFarewell(CloseCode code) {
        byte[] frames = farewell(code);
        if (frames.length > 0) {
            channel.write(Unpooled.wrappedBuffer(frames), channel.voidPromise());
        }
    }

    @Override
    public final void closeIfHungUp() {
        if (channel instanceof DuplexChannel socket && socket.isInputShutdown()) {
            abort();
        }
    }

    /** Ends the connection at once, whatever is still to be sent. */
    final void abort() {
        state = State.ENDING;
        forgetBacklog();
        channel.close();
    }

    /** The client broke the rules of WebSocket: what it sends from here on cannot be understood. */
    final void violated(CloseCode code) {
        if (state == State.OPEN) {
            closesWith(code.code());
            sayFarewell(code);
            channel.write(WebSocketFrames.close(channel.alloc(), code), channel.voidPromise());
            abortLater();
        }
        if (state != State.ENDING) {
            end();
        }
        closeSession();
    }

    /** The client's close frame has come: it is answered in kind, unless it is an answer itself. */
    final void peerClosed(ByteBuf content) {
        if (state == State.OPEN) {
            boolean coded = content.readableBytes() >= 2;
            byte[] code = coded ? ByteBufUtil.getBytes(content, content.readerIndex(), 2) : new byte[0];
            closesWith(coded ? content.getUnsignedShort(content.readerIndex()) : NO_STATUS);
            channel.write(WebSocketFrames.buffer(channel.alloc(), WebSocketFrames.CLOSE, code), channel.voidPromise());
            abortLater();
        }
        if (state != State.ENDING) {
            end();
        }
        closeSession();
    }

    final void ping(byte[] payload) {
        session().read(payload.length);
        if (pongs < MAX_PONGS) {
            writePong(payload);
            if (pongs == MAX_PONGS) {
                // A client that reads has them all now.
                channel.flush();
            }
        } else {
            lastPing = payload;
        }
    }

    final void pong() {
        session().read(0);
    }

    /** A burst of reading has begun. */
    final void reading() {
        reading = true;
    }

    final void readComplete() {
        reading = false;
        if (flushing) {
            flushNow();
        }
    }

    /** The socket is gone. */
    final void gone() {
        state = State.ENDING;
        forgetBacklog();
        lastPing = null;
        closeSession();
    }

    /** A frame that the session should count against the client. */
    final void refused(ProtocolException reason) {
        session().refused(reason);
    }

    /** Only what may be in a log. */
    @Override
    public final String toString() {
        Session opened = session;
        return transport() + " session " + (opened == null ? "-" : opened.id());
    }

    @Override
    protected final void endTooSlow() {
        close(CloseCode.TOO_SLOW);
        // Not at once: whoever writes may be in the midst of all subscribers.
        channel.eventLoop().execute(this::closeSession);
    }

    private void writePong(byte[] payload) {
        pongs++;
        channel.write(WebSocketFrames.buffer(channel.alloc(), WebSocketFrames.PONG, payload))
                .addListener(written -> pongWritten());
        flushSoon();
    }

    private void pongWritten() {
        pongs--;
        byte[] waiting = lastPing;
        if (waiting != null && state == State.OPEN) {
            lastPing = null;
            writePong(waiting);
        }
    }

    private void flushSoon() {
        if (!flushing) {
            flushing = true;
            if (!reading) {
                channel.eventLoop().execute(this::flushNow);
            }
        }
    }

    private void flushNow() {
        flushing = false;
        channel.flush();
    }

    // TCP is closed for writing first and drained until the client closes it too: closing it with bytes unread would
    // reset the connection, and the client might never see the close frame.
    private void end() {
        state = State.ENDING;
        forgetBacklog();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) sent -> {
            if (sent.isSuccess()
                    && channel instanceof DuplexChannel duplex
                    && channel.pipeline().get(SslHandler.class) == null) {
                duplex.shutdownOutput();
            } else {
                channel.close();
            }
        });
    }

    private void abortLater() {
        channel.eventLoop().schedule(this::abort, CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    /** The connection has ended, and with it the session that it was opened for. */
    protected void ended(Session session) {
        session.closed();
    }

    private void closeSession() {
        Session opened = session;
        if (opened != null && !sessionClosed) {
            sessionClosed = true;
            ended(opened);
        }
    }
}
