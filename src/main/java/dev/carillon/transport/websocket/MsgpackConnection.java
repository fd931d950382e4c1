package dev.carillon.transport.websocket;

import dev.carillon.channel.WireForm;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.MsgpackFrames;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.protocol.ServerFrame;
import dev.carillon.session.SlowConsumers;
import io.netty.channel.Channel;

/** A client that speaks {@code carillon.v1.msgpack}. */
final class MsgpackConnection extends WebSocketConnection {
    MsgpackConnection(Channel channel, SlowConsumers slow, WireForm form) {
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
            writeFrame(WebSocketFrames.BINARY, MsgpackFrames.encode(frame));
        }
    }

    @Override
    protected void message(boolean isText, byte[] message) {
        if (isText) {
            close(CloseCode.UNSUPPORTED_DATA);
            return;
        }
        ClientFrame frame;
        try {
            frame = MsgpackFrames.decode(message);
        } catch (ProtocolException e) {
            refused(e);
            return;
        }
        session().receive(frame);
    }
}
