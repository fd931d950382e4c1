package dev.carillon.transport.sockjs;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.StreamPosition;
import dev.carillon.protocol.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses are channels, and what a message's headers say about one.
 *
 * @param namespaces those that have settings, as they are at each question
 */
record BridgeAddresses(Set<String> namespaces) {
    private static final int MAX_EPOCH_BYTES = 128;

    /** Whether the address names a channel of a namespace that exists; its further rules are the session's. */
    boolean isChannel(String address) {
        int colon = address.indexOf(':');
        String namespace = colon < 0 ? address : address.substring(0, colon);
        return namespaces.contains(namespace)
                || namespace.equals(ChannelName.USER_NAMESPACE)
                || namespace.equals(ChannelName.ONLINE.namespace());
    }

    /** The headers {@code epoch} and {@code offset}, from which a registration goes on; null if both are absent. */
    static @Nullable StreamPosition position(BridgeMessage message) {
        String epoch = message.headers().get("epoch");
        String offset = message.headers().get("offset");
        if (epoch == null && offset == null) {
            return null;
        }
        if (epoch == null || epoch.getBytes(StandardCharsets.UTF_8).length > MAX_EPOCH_BYTES) {
            throw ProtocolException.field(
                    "headers.epoch", 0, "is required with offset, at most " + MAX_EPOCH_BYTES + " bytes");
        }
        if (offset == null || !offset.matches("\\d{1,15}")) {
            throw ProtocolException.field("headers.offset", 0, "is required with epoch, an integer of at least 0");
        }
        return new StreamPosition(epoch, Long.parseLong(offset));
    }

    /** The header {@code key}, which makes a retry harmless; null for none. */
    static @Nullable String key(BridgeMessage message) {
        String key = message.headers().get("key");
        if (key != null && (key.isEmpty() || key.getBytes(StandardCharsets.UTF_8).length > Draft.MAX_KEY_BYTES)) {
            throw ProtocolException.field("headers.key", 0, "must be 1 to " + Draft.MAX_KEY_BYTES + " bytes");
        }
        return key;
    }
}
