package dev.carillon.transport.websocket;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Turn;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.session.Connection;
import dev.carillon.session.Session;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket: what is written to it, and how it ends. Confined to its event loop. A million of them may be idle, so
 * each holds as little as it can: no timer, and buffers only while something is under way.
 */
abstract class WebSocketConnection extends Connection {
    /** RFC 6455: a close frame without a code. */
    private static final int NO_STATUS = 1005;

    private static final long CLOSE_SECONDS = 2;

    /** Pongs on their way to a client that does not read; of further pings only the last is remembered. */
    private static final int MAX_PONGS = 16;

    private enum State {
        OPEN,
        /** A close frame was sent; the client's is awaited. */
        CLOSING,
        /** Nothing more is sent or heeded; the client's end of TCP is awaited. */
        ENDING
    }

    private final Channel channel;
    private @Nullable Session session;
    private State state = State.OPEN;
    private boolean reading;
    private boolean flushing;
    private boolean sessionClosed;
    private int pongs;
    private byte @Nullable [] lastPing;

    WebSocketConnection(Channel channel) {
        this.channel = channel;
    }

    /** A whole message; text is UTF-8. */
    abstract void message(boolean isText, byte[] message);

    /** Takes the session that this connection has been opened for. */
    void open(Session opened) {
        session = opened;
    }

    final Session session() {
        Session opened = session;
        if (opened == null) {
            throw new IllegalStateException("no session yet");
        }
        return opened;
    }

    final Channel channel() {
        return channel;
    }

    final boolean isOpen() {
        return state == State.OPEN;
    }

    @Override
    public final void write(Turn turn) {
        if (hasRoom()) {
            ByteBuf frames = turn.joined();
            if (frames.isReadable()) {
                channel.write(frames.retainedDuplicate(), channel.voidPromise());
            }
        }
    }

    @Override
    public final void flush() {
        channel.flush();
    }

    /** Writes one frame, flushed when this burst of reading, or this task of the loop, is over. */
    final void writeFrame(int opcode, byte[] payload) {
        if (hasRoom()) {
            channel.write(WebSocketFrames.buffer(channel.alloc(), opcode, payload), channel.voidPromise());
            flushSoon();
        }
    }

    /** The same for frames that are encoded already. */
    final void writeEncoded(byte[] frames) {
        if (frames.length > 0 && hasRoom()) {
            channel.write(Unpooled.wrappedBuffer(frames), channel.voidPromise());
            flushSoon();
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
        closesWith(code.code());
        channel.writeAndFlush(WebSocketFrames.close(channel.alloc(), code), channel.voidPromise());
        abortLater();
    }

    /** Ends the connection at once, whatever is still to be sent. */
    final void abort() {
        state = State.ENDING;
        channel.close();
    }

    /** The client broke the rules of WebSocket: what it sends from here on cannot be understood. */
    final void violated(CloseCode code) {
        if (state == State.OPEN) {
            closesWith(code.code());
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
        session().alive();
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
        session().alive();
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

    // A queue over its limit gets one chance to drain, so that a burst larger than the limit does not end a client
    // that reads; what is queued is at most the limit and one turn.
    private boolean hasRoom() {
        if (state != State.OPEN) {
            return false;
        }
        if (channel.isWritable()) {
            return true;
        }
        channel.flush();
        if (channel.isWritable()) {
            return true;
        }
        close(CloseCode.TOO_SLOW);
        // Not at once: whoever writes may be in the midst of all subscribers.
        channel.eventLoop().execute(this::closeSession);
        return false;
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

    private void closeSession() {
        Session opened = session;
        if (opened != null && !sessionClosed) {
            sessionClosed = true;
            opened.closed();
        }
    }
}
