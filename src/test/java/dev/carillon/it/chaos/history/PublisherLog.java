package dev.carillon.it.chaos.history;

/** A publisher's history: written by calling it, read by having it told again. Written by one thread. */
public final class PublisherLog implements PublisherEvents {
    private static final int OPENED = 0;
    private static final int CLOSED = 1;
    private static final int SENT = 2;
    private static final int ACKED = 3;
    private static final int REFUSED = 4;
    private static final int SILENCE = 5;

    private final String name;
    private final Records records = new Records();

    public PublisherLog(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    @Override
    public void opened(long at, int place) {
        records.add(Head.of(OPENED, 0, 0, place, false, false), 0, 0, at);
    }

    @Override
    public void closed(long at, int code) {
        records.add(Head.of(CLOSED, 0, 0, code, false, false), 0, 0, at);
    }

    @Override
    public void sent(long at, int channel, long id) {
        records.add(Head.of(SENT, channel, 0, 0, false, false), 0, id, at);
    }

    @Override
    public void acked(long at, int channel, int epoch, long offset, long id, boolean duplicate) {
        records.add(Head.of(ACKED, channel, epoch, 0, duplicate, false), offset, id, at);
    }

    @Override
    public void refused(long at, long id, int code) {
        records.add(Head.of(REFUSED, 0, 0, code, false, false), 0, id, at);
    }

    @Override
    public void silence(long at, long id) {
        records.add(Head.of(SILENCE, 0, 0, 0, false, false), 0, id, at);
    }

    /** Tells all of it again, in the order it came. */
    public void tell(PublisherEvents to) {
        records.read((head, first, second, at) -> {
            switch (Head.kind(head)) {
                case OPENED -> to.opened(at, Head.count(head));
                case CLOSED -> to.closed(at, Head.count(head));
                case SENT -> to.sent(at, Head.channel(head), second);
                case ACKED -> to.acked(at, Head.channel(head), Head.epoch(head), first, second, Head.flag(head));
                case REFUSED -> to.refused(at, second, Head.count(head));
                case SILENCE -> to.silence(at, second);
                default -> throw new AssertionError(head);
            }
        });
    }
}
