package dev.carillon.channel;

/**
 * A join, say, that may be told a moment later.
 *
 * @param position {@link StreamPosition#NONE} if nobody counts it
 */
record Change(ChannelName channel, String name, StreamPosition position) implements ChannelEvent {
    /** One that nobody counts. */
    Change(ChannelName channel, String name) {
        this(channel, name, StreamPosition.NONE);
    }

    @Override
    public boolean mayWait() {
        return true;
    }

    @Override
    public String toString() {
        return name;
    }
}
