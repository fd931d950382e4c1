package dev.carillon.it.chaos.history;

/**
 * What a subscriber sees. Times are nanoseconds since the run began; channels, epochs and users are numbers of
 * {@link Names}; publications have the ids that their publishers gave them.
 */
public interface SubscriberEvents {
    /** A connection was authenticated; {@code begunAt} is when the client began to connect. */
    default void opened(long at, long begunAt, int place) {}

    /** Its connection ended; 0 for one that the client gave up as dead, 1000 for one it left for another. */
    default void closed(long at, int code) {}

    /**
     * It was told where a stream stands; replayed messages follow.
     *
     * @param asked whether it had given its position
     */
    default void subscribed(
            long at, int channel, int epoch, long offset, boolean asked, boolean recovered, int replayed) {}

    /** @param replayed whether it was part of the answer to a subscribe */
    default void message(long at, int channel, int epoch, long offset, long id, boolean replayed) {}

    /** A message of the channel {@code online}. */
    default void announced(long at, int epoch, long offset, int user, boolean online) {}

    /** It was told that it is not given so many publications, and where it stands after them. */
    default void gap(long at, int channel, int epoch, long offset, long missed) {}

    /** Its position was lost (4006), or the server ended the subscription. */
    default void ended(long at, int channel, int code) {}

    default void error(long at, int code) {}
}
