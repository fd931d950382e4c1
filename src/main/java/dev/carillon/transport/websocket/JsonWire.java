package dev.carillon.transport.websocket;

import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.Publication;
import dev.carillon.channel.WireForm;
import dev.carillon.protocol.JsonFrames;

/** Events as {@code carillon.v1.json} shows them: a text message, and after that of a binary publication its bytes. */
public final class JsonWire implements WireForm {
    public static final JsonWire FORM = new JsonWire();

    private JsonWire() {}

    @Override
    public byte[] encode(ChannelEvent event) {
        byte[] text = JsonFrames.encode(event);
        if (event instanceof Publication publication && publication.data().isBinary()) {
            return WebSocketFrames.pair(text, publication.data().bytes());
        }
        return WebSocketFrames.text(text);
    }
}
