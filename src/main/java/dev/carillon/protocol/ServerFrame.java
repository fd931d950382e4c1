package dev.carillon.protocol;

import dev.carillon.channel.Ack;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.presence.PresenceSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A reply or a push to one client; what goes to all subscribers of a channel is a
 * {@link dev.carillon.channel.ChannelEvent}. An {@code id} of 0 is left out on the wire.
 */
public sealed interface ServerFrame {
    record AuthSuccess(
            long id,
            String sessionId,
            String userId,
            Instant timestamp,
            Instant expiresAt,
            Duration pingInterval,
            Duration pongTimeout,
            String node,
            List<Subscribed> subscriptions,
            List<Error> refused)
            implements ServerFrame {}

    /** The close with the same code follows. */
    record AuthError(long id, CloseCode code, String error) implements ServerFrame {}

    record Refreshed(long id, Instant expiresAt) implements ServerFrame {}

    /** @param position {@link StreamPosition#NONE} in an ephemeral namespace, and left out on the wire */
    record Subscribed(long id, String channel, StreamPosition position, boolean recovered, List<Publication> messages)
            implements ServerFrame {}

    /** @param code 2000 if the client or the server asked for it */
    record Unsubscribed(long id, String channel, int code, String reason) implements ServerFrame {
        public static final int ASKED_FOR = 2000;
    }

    record Acknowledged(long id, String channel, Ack ack) implements ServerFrame {}

    record History(long id, String channel, StreamPosition position, List<Publication> messages)
            implements ServerFrame {}

    /** @param stats counts only, without members */
    record Presence(long id, String channel, PresenceSnapshot snapshot, boolean stats) implements ServerFrame {}

    record Reply(long id, Payload data) implements ServerFrame {}

    /**
     * @param channel the channel it is about, empty for none
     * @param code an {@link ErrorCode}'s or an application's
     * @param error words for the developer; names fields, never quotes values
     */
    record Error(long id, String channel, int code, String error, boolean temporary, Duration retryAfter)
            implements ServerFrame {
        public static Error of(long id, ErrorCode code) {
            return new Error(id, "", code.code(), code.phrase(), code.temporary(), Duration.ZERO);
        }

        public static Error of(ProtocolException refused) {
            return new Error(
                    refused.id(),
                    "",
                    refused.code().code(),
                    String.valueOf(refused.getMessage()),
                    refused.code().temporary(),
                    Duration.ZERO);
        }
    }

    record Ping() implements ServerFrame {}

    record Pong(long id) implements ServerFrame {}

    /**
     * Move: open a new connection, resume there, then close this one.
     *
     * @param within time until this connection is closed
     * @param url base of another node's URLs; empty, and left out on the wire, for the one that the client has
     */
    record Reconnect(String reason, Duration within, String url) implements ServerFrame {}
}
