package dev.carillon.channel;

/** A join, say, that may be told a moment later. */
record Change(ChannelName channel, String name) implements ChannelEvent {
    @Override
    public boolean mayWait() {
        return true;
    }

    @Override
    public String toString() {
        return name;
    }
}
