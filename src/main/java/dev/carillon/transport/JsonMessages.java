package dev.carillon.transport;

import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.JsonFrames;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.session.Connection;
import dev.carillon.session.Session;
import org.jspecify.annotations.Nullable;

/** How the messages of a {@code carillon.v1.json} client become commands: a text each, or a text and then its bytes. */
public final class JsonMessages {
    private JsonMessages() {}

    /**
     * Hands a message to the session. Bytes that nobody announced close the connection.
     *
     * @param announced what the last message said about this one; null if it said nothing
     * @param message text in UTF-8, or bytes
     * @return what this message says about the next one
     */
    public static ClientFrame.@Nullable BinaryAhead receive(
            Connection connection,
            Session session,
            ClientFrame.@Nullable BinaryAhead announced,
            boolean isText,
            byte[] message) {
        if (isText) {
            if (announced != null) {
                session.refused(
                        ProtocolException.field("binary", announced.id(), "must be followed by a binary message"));
            }
            return text(session, message);
        }
        if (announced == null) {
            connection.close(CloseCode.UNSUPPORTED_DATA);
        } else {
            session.receive(announced.with(message));
        }
        return null;
    }

    private static ClientFrame.@Nullable BinaryAhead text(Session session, byte[] message) {
        ClientFrame frame;
        try {
            frame = JsonFrames.decode(message);
        } catch (ProtocolException e) {
            session.refused(e);
            return null;
        }
        // Before authentication it is a command like any other, and ends the connection.
        if (frame instanceof ClientFrame.BinaryAhead announced && session.isAuthenticated()) {
            return announced;
        }
        session.receive(frame);
        return null;
    }
}
