package dev.carillon.session;

/**
 * Told what becomes of clients that read too slowly, for meters. Called on event loops, for such clients only: it must be
 * quick, must not block and must not throw.
 */
public interface SlowConsumerListener {
    /** Hears and does nothing. */
    SlowConsumerListener NONE = new SlowConsumerListener() {};

    /**
     * A connection was ended with 4004.
     *
     * @param namespace of what had no room left; empty if it was meant for this client alone
     */
    default void closed(String namespace) {}

    /** A client is told of a gap. */
    default void gap(String namespace) {}

    /** A publication was dropped for one subscriber. */
    default void dropped(String namespace) {}

    /**
     * Backlogs grew or shrank.
     *
     * @param bytes more that wait now; negative for fewer
     * @param sockets more that have a backlog now; negative for fewer
     */
    default void waiting(long bytes, int sockets) {}
}
