package dev.carillon.transport.websocket;

import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.Publication;
import dev.carillon.channel.WireForm;
import dev.carillon.protocol.JsonFrames;

/** Events without an envelope: a publication is its data, or its bytes; joins, leaves and gaps are as in JSON. */
public final class BareWire implements WireForm {
    public static final BareWire FORM = new BareWire();

    private BareWire() {}

    @Override
    public byte[] encode(ChannelEvent event) {
        if (event instanceof Publication publication) {
            return publication.data().isBinary()
                    ? WebSocketFrames.binary(publication.data().bytes())
                    : WebSocketFrames.text(publication.data().json());
        }
        return WebSocketFrames.text(JsonFrames.encode(event));
    }
}
