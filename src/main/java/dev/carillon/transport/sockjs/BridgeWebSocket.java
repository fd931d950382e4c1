package dev.carillon.transport.sockjs;

import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.protocol.ServerFrame;
import dev.carillon.session.Session;
import dev.carillon.session.SlowConsumers;
import dev.carillon.transport.websocket.WebSocketConnection;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A bridge client on a WebSocket, with SockJS around its messages or without. Confined to its event loop. */
final class BridgeWebSocket extends WebSocketConnection implements BridgeConnection {
    private final BridgeFraming framing;
    private @Nullable BridgeDialogue dialogue;
    private @Nullable Future<?> heartbeat;

    BridgeWebSocket(Channel channel, SlowConsumers slow, BridgeFraming framing) {
        super(channel, slow, framing.form);
        this.framing = framing;
    }

    /** Before the session opens. */
    void speakWith(BridgeDialogue dialogue) {
        this.dialogue = dialogue;
    }

    /** Greets the client, and keeps its connection from seeming dead; before the session opens. */
    void greet(long heartbeatMillis) {
        byte[] opening = framing.opening();
        if (opening.length > 0) {
            writeEncoded(opening);
        }
        byte[] beat = framing.heartbeat();
        if (beat.length > 0 && isOpen()) {
            heartbeat = channel()
                    .eventLoop()
                    .scheduleAtFixedRate(() -> beat(beat), heartbeatMillis, heartbeatMillis, TimeUnit.MILLISECONDS);
        }
    }

    private void beat(byte[] frame) {
        // Where bytes wait already, one more tells nobody anything.
        if (takesAlone()) {
            writeEncoded(frame);
        }
    }

    // The dialogue tells the session of each message in it.
    @Override
    protected void received(boolean isText, byte[] message) {
        if (isOpen()) {
            message(isText, message);
        }
    }

    @Override
    protected void message(boolean isText, byte[] message) {
        BridgeDialogue speaking = dialogue;
        if (speaking == null) {
            return;
        }
        List<byte[]> messages;
        try {
            messages = framing.messages(message);
        } catch (ProtocolException e) {
            // SockJS has no word for it: who speaks otherwise is no client of it.
            close(CloseCode.INVALID_DATA);
            return;
        }
        messages.forEach(speaking::received);
    }

    @Override
    public boolean isRaw() {
        return framing == BridgeFraming.RAW;
    }

    @Override
    public boolean isClosing() {
        return !isOpen();
    }

    @Override
    public void post(byte[] message) {
        if (isOpen()) {
            writeEncoded(framing.frame(message));
        }
    }

    @Override
    public void recover(List<byte[]> messages) {
        if (isOpen() && !messages.isEmpty()) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            messages.forEach(message -> all.writeBytes(framing.frame(message)));
            writeEncoded(all.toByteArray());
        }
    }

    @Override
    public void whenTaken(Runnable task) {
        channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess()) {
                task.run();
            }
        });
    }

    @Override
    public void send(ServerFrame frame) {
        BridgeDialogue speaking = dialogue;
        if (speaking != null && isOpen()) {
            speaking.answer(frame);
        }
    }

    @Override
    protected byte[] farewell(CloseCode code) {
        return framing.farewell(code);
    }

    @Override
    public String transport() {
        return "sockjs";
    }

    @Override
    protected void ended(Session session) {
        Future<?> beating = heartbeat;
        if (beating != null) {
            boolean unused = beating.cancel(false);
        }
        BridgeDialogue spoken = dialogue;
        if (spoken != null) {
            spoken.closed();
        }
    }
}
