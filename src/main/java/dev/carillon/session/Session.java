package dev.carillon.session;

import dev.carillon.auth.Identity;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.ProtocolException;
import org.jspecify.annotations.Nullable;

/** One client, from its socket's opening to its end. Confined to its connection's event loop. */
public final class Session {
    /** Starts a session; the time to authenticate runs from here. */
    public static Session open(Connection connection, SessionContext context) {
        throw new UnsupportedOperationException();
    }

    /** Known to clients and operators; not guessable. */
    public String id() {
        throw new UnsupportedOperationException();
    }

    /** Who the client is; null before it authenticated. */
    public @Nullable Identity identity() {
        throw new UnsupportedOperationException();
    }

    /** A command. Before authentication anything but {@code auth} ends the connection. */
    public void receive(ClientFrame frame) {
        throw new UnsupportedOperationException();
    }

    /** A frame that is no command: answered, and counted against the client. */
    public void refused(ProtocolException reason) {
        throw new UnsupportedOperationException();
    }

    /** A sign of life that is no command. */
    public void alive() {
        throw new UnsupportedOperationException();
    }

    /** The socket is gone. */
    public void closed() {
        throw new UnsupportedOperationException();
    }
}
