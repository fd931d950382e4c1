package dev.carillon.bus;

/** The event-bus addresses that nodes and verticles meet at. Clients of the gateway are never let through to them. */
public final class BusAddresses {
    /** Takes publishes; any node answers. */
    public static final String PUBLISH = "carillon.publish";

    /** Takes commands; any node answers. */
    public static final String COMMAND = "carillon.command";

    /** Tells that a user is there; published once per event. */
    public static final String USER_ONLINE = "carillon.user.online";

    /** Tells that a user has gone; published once per event. */
    public static final String USER_OFFLINE = "carillon.user.offline";

    private BusAddresses() {}

    /** Takes publishes and commands of one node, in the order they were sent. */
    public static String ofNode(String nodeId) {
        return "carillon.bus." + nodeId;
    }
}
