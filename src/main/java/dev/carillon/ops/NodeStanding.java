package dev.carillon.ops;

/** How a node stands, alone and in its cluster; asked at each scrape, on any thread: it must not block. */
public interface NodeStanding {
    /** New at each start. */
    String id();

    String version();

    /** Whether {@code /health/ready} holds. */
    boolean isReady();

    boolean isDraining();

    /** Whether writes are taken: enough nodes are in touch. */
    boolean hasMajority();

    /** Whether everything that this node owns has its copies. */
    boolean hasCopies();

    /** Nodes that this one has in touch, itself among them. */
    long nodes();

    /** Parts of the cluster's data that this node owns, of 271. */
    long partitions();

    /** (connection, channel) pairs. */
    long subscriptions();

    /** Clients that have said who they are and wait to be let in. */
    long arriving();

    /** Ends of sessions and subscriptions that wait for another attempt. */
    long insistedOn();

    /** Ends of sessions and subscriptions that were given up, ever. */
    long givenUp();
}
