package dev.carillon.channel;

/** Tells two what publishers report. */
public record PublisherListeners(PublisherListener first, PublisherListener second) implements PublisherListener {
    @Override
    public void waiting(long drafts, long bytes) {
        first.waiting(drafts, bytes);
        second.waiting(drafts, bytes);
    }

    @Override
    public void appendRepeated() {
        first.appendRepeated();
        second.appendRepeated();
    }

    @Override
    public void appended(int drafts, long millis) {
        first.appended(drafts, millis);
        second.appended(drafts, millis);
    }

    @Override
    public void accepted(ChannelName channel, Draft draft, Ack ack) {
        first.accepted(channel, draft, ack);
        second.accepted(channel, draft, ack);
    }

    @Override
    public void refused(Refusal reason, int drafts) {
        first.refused(reason, drafts);
        second.refused(reason, drafts);
    }
}
