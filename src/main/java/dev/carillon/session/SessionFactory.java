package dev.carillon.session;

/** Makes sessions on one event loop. */
public interface SessionFactory {
    /** Starts a session; the time to authenticate runs from here. Called on the connection's event loop. */
    Session open(Connection connection);

    /** Whether one more client of an address is taken. */
    default boolean hasRoom(String address) {
        return true;
    }

    /** Whether new clients are taken; a node that leaves refuses them before they are connected. */
    default boolean isAccepting() {
        return true;
    }
}
