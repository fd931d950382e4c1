package dev.carillon.it.chaos.history;

/** A subscriber's history: written by calling it, read by having it told again. Written by one thread. */
public final class SubscriberLog implements SubscriberEvents {
    private static final int OPENED = 0;
    private static final int CLOSED = 1;
    private static final int SUBSCRIBED = 2;
    private static final int MESSAGE = 3;
    private static final int ANNOUNCED = 4;
    private static final int GAP = 5;
    private static final int ENDED = 6;
    private static final int ERROR = 7;

    private final String name;
    private final Records records = new Records();

    /** @param name of the client, for evidence; also its user */
    public SubscriberLog(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    @Override
    public void opened(long at, long begunAt, int place) {
        records.add(Head.of(OPENED, 0, 0, place, false, false), begunAt, 0, at);
    }

    @Override
    public void closed(long at, int code) {
        records.add(Head.of(CLOSED, 0, 0, code, false, false), 0, 0, at);
    }

    @Override
    public void subscribed(
            long at, int channel, int epoch, long offset, boolean asked, boolean recovered, int replayed) {
        records.add(Head.of(SUBSCRIBED, channel, epoch, replayed, asked, recovered), offset, 0, at);
    }

    @Override
    public void message(long at, int channel, int epoch, long offset, long id, boolean replayed) {
        records.add(Head.of(MESSAGE, channel, epoch, 0, replayed, false), offset, id, at);
    }

    @Override
    public void announced(long at, int epoch, long offset, int user, boolean online) {
        records.add(Head.of(ANNOUNCED, 0, epoch, 0, online, false), offset, user, at);
    }

    @Override
    public void gap(long at, int channel, int epoch, long offset, long missed) {
        records.add(Head.of(GAP, channel, epoch, 0, false, false), offset, missed, at);
    }

    @Override
    public void ended(long at, int channel, int code) {
        records.add(Head.of(ENDED, channel, 0, code, false, false), 0, 0, at);
    }

    @Override
    public void error(long at, int code) {
        records.add(Head.of(ERROR, 0, 0, code, false, false), 0, 0, at);
    }

    /** Tells all of it again, in the order it came. */
    public void tell(SubscriberEvents to) {
        records.read((head, first, second, at) -> {
            int channel = Head.channel(head);
            int epoch = Head.epoch(head);
            int count = Head.count(head);
            boolean flag = Head.flag(head);
            switch (Head.kind(head)) {
                case OPENED -> to.opened(at, first, count);
                case CLOSED -> to.closed(at, count);
                case SUBSCRIBED -> to.subscribed(at, channel, epoch, first, flag, Head.otherFlag(head), count);
                case MESSAGE -> to.message(at, channel, epoch, first, second, flag);
                case ANNOUNCED -> to.announced(at, epoch, first, (int) second, flag);
                case GAP -> to.gap(at, channel, epoch, first, second);
                case ENDED -> to.ended(at, channel, count);
                case ERROR -> to.error(at, count);
                default -> throw new AssertionError(head);
            }
        });
    }
}
