package dev.carillon.channel;

/** What the links between nodes report. Called on any thread and often: it must be quick and must not throw. */
public interface LinkListener {
    LinkListener NONE = new LinkListener() {};

    /** Bytes that wait for other nodes, or that these have not acknowledged, became more, or fewer if negative. */
    default void queued(long bytes) {}

    /** Events were dropped because the link to their node was full. */
    default void dropped(int events) {}

    /** Something that another node sent did not come. */
    default void holeSeen() {}

    /**
     * A sign of life went to another node and its answer came back, without the time that the other had it.
     *
     * @param node the other's id
     */
    default void wentRound(String node, long micros) {}

    /** A node is gone: nothing of it is to be told any more. */
    default void forgotten(String node) {}

    /** This node registered its address anew, because a member was silent. */
    default void addressRenewed() {}
}
