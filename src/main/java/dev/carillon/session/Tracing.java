package dev.carillon.session;

import dev.carillon.auth.Identity;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Turn;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.ServerFrame;
import org.jspecify.annotations.Nullable;

/**
 * Shows operators what happens to one user or on one channel. Called on event loops: it must be quick, must not block and
 * must not throw. Where nobody is traced it costs a field's read.
 */
public interface Tracing {
    /** Nobody is traced. */
    Tracing NONE = new Tracing() {};

    /** Sees one session; null unless its user is traced. Asked when a session opens and whenever traces change. */
    default @Nullable Tap tap(String userKey, String sessionId) {
        return null;
    }

    /** A session joined a channel. */
    default void joined(ChannelName channel, String userId, String sessionId) {}

    /** A session left a channel that it had joined. */
    default void left(ChannelName channel, String userId, String sessionId) {}

    /** A session was refused something on the channel that the error names. */
    default void refused(ServerFrame.Error error, Identity who, String sessionId) {}

    /** What one session says and is told; called on its event loop. */
    interface Tap {
        void in(ClientFrame frame);

        void out(ServerFrame frame);

        /** Publications and presence of a channel. */
        void out(Turn turn);

        /** The session ended with a close code. */
        void closed(int code);
    }
}
