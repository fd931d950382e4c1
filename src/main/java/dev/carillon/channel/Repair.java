package dev.carillon.channel;

/** Something that a channel lacks, until it was read or given up. */
final class Repair {
    final LocalChannel channel;
    final long sinceMillis;
    int failures;

    Repair(LocalChannel channel, long sinceMillis) {
        this.channel = channel;
        this.sinceMillis = sinceMillis;
    }
}
