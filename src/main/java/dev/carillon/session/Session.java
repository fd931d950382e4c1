package dev.carillon.session;

import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.ProtocolException;

/** One client, from its socket's opening to its end, as a transport sees it. Confined to its connection's event loop. */
public interface Session {
    /** Known to clients and operators; not guessable. */
    String id();

    /** Whether the client has said who it is, and the node believed it. */
    boolean isAuthenticated();

    /** The tenant whose channels and users the client sees; empty for none, and before it authenticated. */
    default String tenant() {
        return "";
    }

    /** A command. Before authentication anything but {@code auth} ends the connection. */
    void receive(ClientFrame frame);

    /** A frame that is no command: answered, and counted against the client. */
    void refused(ProtocolException reason);

    /**
     * A message was read, whatever it says: a sign of life, counted against the client. The session may be over after it.
     *
     * @param bytes of it
     */
    default void read(int bytes) {
        alive();
    }

    /** A sign of life that is no command. */
    void alive();

    /** The socket is gone. Again it does nothing. */
    void closed();
}
