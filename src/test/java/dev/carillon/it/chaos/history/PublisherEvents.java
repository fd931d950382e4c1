package dev.carillon.it.chaos.history;

/** What a publisher does and is promised; times and numbers as in {@link SubscriberEvents}. */
public interface PublisherEvents {
    default void opened(long at, int place) {}

    /** Its connection ended, and with it the hope for answers on it. */
    default void closed(long at, int code) {}

    /** It sent a publish; the key is made of the id, so that each repetition has the same. */
    default void sent(long at, int channel, long id) {}

    default void acked(long at, int channel, int epoch, long offset, long id, boolean duplicate) {}

    /** The publish was answered with an error. */
    default void refused(long at, long id, int code) {}

    /** The publish got no answer within the bound, on a connection that answered pings all the time. */
    default void silence(long at, long id) {}
}
