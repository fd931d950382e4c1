package dev.carillon.transport.websocket;

import dev.carillon.channel.Payload;
import dev.carillon.channel.WireForm;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.JsonFrames;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.protocol.ServerFrame;
import dev.carillon.session.SlowConsumers;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** A client that speaks {@code carillon.v1.json}. */
final class JsonConnection extends WebSocketConnection {
    /** Where the bytes of the next message go. */
    private ClientFrame.@Nullable BinaryAhead ahead;

    JsonConnection(Channel channel, SlowConsumers slow) {
        super(channel, slow);
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
    public WireForm form() {
        return JsonWire.FORM;
    }

    @Override
    public void send(ServerFrame frame) {
        if (isOpen()) {
            writeFrame(WebSocketFrames.TEXT, JsonFrames.encode(frame));
        }
    }

    @Override
    void message(boolean isText, byte[] message) {
        ClientFrame.BinaryAhead announced = ahead;
        ahead = null;
        if (isText) {
            if (announced != null) {
                refused(ProtocolException.field("binary", announced.id(), "must be followed by a binary message"));
            }
            text(message);
        } else if (announced == null) {
            close(CloseCode.UNSUPPORTED_DATA);
        } else {
            Payload data = Payload.binary(announced.meta(), message);
            session().receive(new ClientFrame.Publish(announced.id(), announced.channel(), data, announced.key()));
        }
    }

    private void text(byte[] message) {
        ClientFrame frame;
        try {
            frame = JsonFrames.decode(message);
        } catch (ProtocolException e) {
            refused(e);
            return;
        }
        // Before authentication it is a command like any other, and ends the connection.
        if (frame instanceof ClientFrame.BinaryAhead announced && session().isAuthenticated()) {
            ahead = announced;
        } else {
            session().receive(frame);
        }
    }
}
