package dev.carillon.channel;

/** What a publisher reports; called on its event loop, several times a publication: quick, and never throwing. */
public interface PublisherListener {
    PublisherListener NONE = new PublisherListener() {};

    /** Why drafts were refused or given up. */
    enum Refusal {
        /** A bound was reached because more comes in than goes out. */
        OVERLOADED,
        /** The cluster refuses writes, or a bound was reached because it does not answer. */
        UNAVAILABLE,
        /** Whether it was appended was not known within the publish timeout. */
        TIMEOUT
    }

    /** What waits for its offset or is being appended changed by this much. */
    default void waiting(long drafts, long bytes) {}

    /** An append that had an unknown outcome is made again. */
    default void appendRepeated() {}

    /** An append settled, after this long. */
    default void appended(int drafts, long millis) {}

    /** A publication was accepted, or found to have been before. */
    default void accepted(ChannelName channel, Draft draft, Ack ack) {}

    default void refused(Refusal reason, int drafts) {}
}
