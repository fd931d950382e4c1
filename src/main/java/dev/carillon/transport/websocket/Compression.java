package dev.carillon.transport.websocket;

import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.WireForm;
import dev.carillon.config.HttpSettings;
import dev.carillon.config.NamespaceSettings;
import java.util.Map;

/**
 * Whether large publications are deflated, and the forms that sockets have which agreed on it. One for all event loops of
 * a node, because events are encoded once for each form. Immutable.
 */
public final class Compression {
    /** Nobody is answered. */
    public static final Compression OFF = new Compression(false, Map.of());

    private final boolean isOn;
    private final Map<String, NamespaceSettings> namespaces;
    private final WireForm json = new Deflated(JsonWire.FORM);
    private final WireForm msgpack = new Deflated(MsgpackWire.FORM);
    private final WireForm bare = new Deflated(BareWire.FORM);

    private Compression(boolean isOn, Map<String, NamespaceSettings> namespaces) {
        this.isOn = isOn;
        this.namespaces = namespaces;
    }

    /** @param namespaces as they are at each question */
    public static Compression of(HttpSettings http, Map<String, NamespaceSettings> namespaces) {
        return http.compression() ? new Compression(true, namespaces) : OFF;
    }

    boolean isOn() {
        return isOn;
    }

    WireForm json() {
        return json;
    }

    WireForm msgpack() {
        return msgpack;
    }

    WireForm bare() {
        return bare;
    }

    private final class Deflated implements WireForm {
        private final WireForm plain;

        Deflated(WireForm plain) {
            this.plain = plain;
        }

        @Override
        public byte[] encode(ChannelEvent event) {
            NamespaceSettings namespace = namespaces.get(event.channel().namespace());
            NamespaceSettings rules = namespace == null ? NamespaceSettings.DEFAULTS : namespace;
            return Deflate.frames(plain.encode(event), rules.compressAboveBytes());
        }
    }
}
