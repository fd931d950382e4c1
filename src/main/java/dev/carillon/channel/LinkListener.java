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

    /** This node registered its address anew, because a member was silent. */
    default void addressRenewed() {}
}
