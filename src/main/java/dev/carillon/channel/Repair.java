package dev.carillon.channel;

/** Something that a channel lacks, until it was read or given up. */
final class Repair {
    final LocalChannel channel;
    final long sinceMillis;
    int failures;

    /** When the owner is to be asked first; {@link Long#MIN_VALUE} once it has been. */
    long dueMillis;

    /** Whether only joins and leaves are missing, and nothing is said of the stream. */
    boolean ofChangesOnly;

    Repair(LocalChannel channel, long sinceMillis) {
        this.channel = channel;
        this.sinceMillis = sinceMillis;
    }
}
