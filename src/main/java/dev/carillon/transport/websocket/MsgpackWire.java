package dev.carillon.transport.websocket;

import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.WireForm;
import dev.carillon.protocol.MsgpackFrames;

/** Events as {@code carillon.v1.msgpack} shows them: a binary message each. */
public final class MsgpackWire implements WireForm {
    public static final MsgpackWire FORM = new MsgpackWire();

    private MsgpackWire() {}

    @Override
    public byte[] encode(ChannelEvent event) {
        return WebSocketFrames.binary(MsgpackFrames.encode(event));
    }
}
