package dev.carillon.transport.websocket;

import dev.carillon.channel.WireForm;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.JsonFrames;
import dev.carillon.protocol.ServerFrame;
import dev.carillon.session.SlowConsumers;
import dev.carillon.transport.JsonMessages;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** A client that speaks {@code carillon.v1.json}. */
final class JsonConnection extends WebSocketConnection {
    /** Where the bytes of the next message go. */
    private ClientFrame.@Nullable BinaryAhead ahead;

    JsonConnection(Channel channel, SlowConsumers slow, WireForm form) {
        super(channel, slow, form);
    }

    @Override
    public String transport() {
        return "websocket";
    }

    @Override
    public boolean movesByItself() {
        return true;
    }

    @Override
    public void send(ServerFrame frame) {
        if (isOpen()) {
            writeFrame(WebSocketFrames.TEXT, JsonFrames.encode(frame));
        }
    }

    @Override
    protected void message(boolean isText, byte[] message) {
        ahead = JsonMessages.receive(this, session(), ahead, isText, message);
    }
}
